// Delivery commands: test, log, explain, retry, and notification templates, against a real server and real receivers.
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dispatch } from "../../src/notifications/delivery/dispatch.ts";
import { runCommand } from "../support/command.ts";
import { temporaryFolder } from "../support/program.ts";
import { startReceiver } from "../support/receiver.ts";
import { addUser, signInFirst, startTestServer, type TestServer } from "../support/server.ts";
import { startMailServer } from "../support/smtp.ts";
import { inboxTitles } from "../support/inbox.ts";

type Belfry = (
  words: string[],
  more?: { input?: string; environment?: Record<string, string> },
) => Promise<{ code: number | null; stdout: string; stderr: string }>;

async function start(environment: Record<string, string> = {}) {
  const server = await startTestServer({ environment, adapter: "plain" });
  const { token } = await signInFirst(server);
  return { server, token, belfry: await shellOf(server, token) };
}

async function shellOf(server: TestServer, token: string): Promise<Belfry> {
  const folder = await temporaryFolder();
  const mine = { BELFRY_CONFIG_DIR: folder, BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token };
  return (words, { input = "", environment = {} } = {}) =>
    runCommand(["notifications", ...words], { input, environment: { ...mine, ...environment } });
}

async function startWithWebhook() {
  const receiver = await startReceiver();
  const started = await start({ BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url });
  return { ...started, receiver, host: new URL(receiver.url).host };
}

/** Channels respond in any order. */
const linesOf = (text: string) => text.split("\n").slice(0, -1).toSorted();

const send = (server: TestServer, token: string, title: string) =>
  server.call("POST", "/api/v2/notifications/custom", { token, json: { content: { title, message: "x" } } });

describe("test --wait", () => {
  test("prints the response of each channel, and fails when one of them failed", async () => {
    const { server, receiver, host, belfry } = await startWithWebhook();
    const good = await belfry(["test", "--wait"]);
    expect([good.code, linesOf(good.stdout), good.stderr]).toEqual([
      0,
      ["inbox  sent", `webhook ${host}  sent: answered 204 (0 ms)`],
      "",
    ]);
    receiver.answer({ status: 500 });
    const failed = await belfry(["test", "--wait"]);
    expect([failed.code, linesOf(failed.stdout), failed.stderr]).toEqual([
      1,
      [
        "inbox  sent",
        expect.stringMatching(
          `^webhook ${host}  failed: answered 500 \\(0 ms, next attempt in (2\\d|3\\d) s\\)$`,
        ),
      ],
      "",
    ]);
    receiver.answer(() => new Promise(() => {}));
    const late = await belfry(["test", "--wait", "--timeout", "1s"]);
    expect(late).toEqual({
      code: 1,
      stdout: "inbox  sent\n",
      stderr: `webhook ${host}  no response in time\n`,
    });
    await receiver.close();
    await server.settled();
  });

  test("names the variable that a mail server's response is about", async () => {
    const mail = await startMailServer({ user: { username: "belfry", password: "right-password" } });
    const { server, belfry } = await start({
      BELFRY_EMAIL_FROM: "belfry@example.com",
      BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${mail.port}`,
      BELFRY_EMAIL_AUTH_USERNAME: "belfry",
      BELFRY_EMAIL_AUTH_PASSWORD: "wrong-password",
    });
    server.secret("wrong-password");
    const { code, stdout, stderr } = await belfry(["test", "--wait"]);
    expect([code, stderr]).toEqual([1, ""]);
    expect(stdout).toContain(
      `smtp 127.0.0.1:${mail.port}  failed: 535 authentication failed: check BELFRY_EMAIL_AUTH_USERNAME and BELFRY_EMAIL_AUTH_PASSWORD`,
    );
    expect(stdout + stderr).not.toContain("wrong-password");
  });

  test("can be sent to another user, names missing channels, and reports a pause", async () => {
    const { server, token, belfry } = await start();
    const grace = await addUser(server, "grace");
    const [here, json, nobody, member, time] = await Promise.all([
      belfry(["test", "--wait", "--user", "grace"]),
      belfry(["test", "--wait", "-o", "json"]),
      belfry(["test", "--wait", "--user", "nobody"]),
      (await shellOf(server, grace.token))(["test", "--wait"]),
      belfry(["test", "--wait", "--timeout", "soon"]),
    ]);
    expect(here).toEqual({
      code: 0,
      stdout: "inbox  sent\n",
      stderr:
        "No channel besides the inbox is configured.\n" +
        "To configure one, set these environment variables of the server:\n" +
        "  Email: BELFRY_EMAIL_SMARTHOST, BELFRY_EMAIL_FROM\n" +
        "  Webhook: BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT\n",
    });
    expect(await inboxTitles(server, grace.token)).toContain("Test notification");
    expect(JSON.parse(json!.stdout)).toMatchObject({ messages: [{ method: "inbox", status: "sent" }] });
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining("unknown user nobody") });
    expect(member).toMatchObject({ code: 1, stderr: expect.stringContaining("Only owners") });
    expect(time).toMatchObject({ code: 2, stderr: expect.stringContaining('--timeout: "soon"') });

    await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: true } });
    expect(await belfry(["test", "--wait"])).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("Resume: belfry notifications resume"),
    });
    expect(await belfry(["custom", "Later", "While paused"])).toMatchObject({
      code: 0,
      stderr: "Not sent yet: notifications are paused. Yours will be sent to you when they are resumed.\n",
    });
    await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: false } });
    await server.call("PUT", "/api/v2/notifications/templates/c425f63e-716a-4bf4-ae24-78348f706c3f/method", {
      token,
      json: { method: "smtp" },
    });
    expect(await belfry(["test", "--wait"])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("smtp  not sent: This channel is not configured\n"),
    });
  });
});

describe("the delivery log", () => {
  test("lists deliveries by status, kind and recipient", async () => {
    const { server, token, receiver, host, belfry } = await startWithWebhook();
    const grace = await addUser(server, "grace");
    await server.call("PUT", "/api/v2/users/me/notifications/preferences", {
      token,
      json: { template_disabled_map: { "39b1e189-c857-4b0c-877a-511144c18516": true } },
    });
    await send(server, grace.token, "Hers");
    await send(server, token, "His");
    await receiver.wait(1);
    await server.settled();
    const [all, hers, none, wrong, lone, member, json] = await Promise.all([
      belfry(["list", "--all"]),
      belfry(["list", "--all", "--user", "grace", "--template", "custom-notification", "--status", "sent"]),
      belfry(["list", "--all", "--template", "Troubleshooting Notification"]),
      belfry(["list", "--all", "--status", "lost"]),
      belfry(["list", "--user", "grace"]),
      (await shellOf(server, grace.token))(["list", "--all", "--limit", "1"]),
      belfry(["list", "--all", "--limit", "all", "-o", "json"]),
    ]);
    const lines = all!.stdout.split("\n").slice(0, -1);
    expect(lines[0]).toMatch(/^CREATED +STATUS +CHANNEL +USER +NOTIFICATION +ID +RESPONSE$/);
    expect(
      lines.slice(1).map((line) =>
        line
          .split(/ {2,}/)
          .filter((_, column) => column !== 5)
          .slice(1),
      ),
    ).toEqual([
      ["not-sent", "inbox", "ada", "Custom Notification", "They turned off this kind of notification"],
      ["not-sent", "webhook", "ada", "Custom Notification", "They turned off this kind of notification"],
      ["sent", "inbox", "grace", "Custom Notification"],
      ["sent", "webhook", "grace", "Custom Notification", "answered 204"],
    ]);
    expect(all!.stderr).toMatch(/explain [0-9a-f]{8}\n$/);
    expect(hers!.stdout.split("\n")).toHaveLength(4);
    expect(none).toEqual({ code: 0, stdout: "", stderr: "No deliveries found.\n" });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("pending, sending, sent") });
    expect(lone).toMatchObject({ code: 2, stderr: expect.stringContaining("--user: only with --all") });
    expect(member!.stdout.split("\n")).toHaveLength(3);
    expect(member!.stdout).toContain("grace");
    // Where webhooks lead is for owners to know.
    const targets = (text: string) =>
      (JSON.parse(text) as { messages: { target: string | null }[] }).messages.map(({ target }) => target);
    expect(targets(json!.stdout)).toEqual([null, host, null, host]);
    const asMember = await server.call("GET", "/api/v2/notifications/messages", { token: grace.token });
    expect(targets(asMember.text)).toEqual([null, null]);
  });

  test("explains recipient, channel, attempts and the next step, and retries", async () => {
    const { server, token, receiver, host, belfry } = await startWithWebhook();
    receiver.answer({ status: 503 });
    await send(server, token, "Build done");
    await receiver.wait(1);
    await server.settled();
    const messages = await server.messages();
    const ids = messages.map(({ id }) => id);
    const [failing, inbox, nowhere, none] = await Promise.all([
      belfry(["explain", ids[0]!.slice(-8)]),
      belfry(["explain", ids[1]!]),
      belfry(["explain", "00000000"]),
      belfry(["explain", "what?"]),
    ]);
    expect(failing!.stdout).toBe(
      [
        `Custom Notification to ada, webhook ${host}: failed, will be retried`,
        "Created 2026-11-21 10:00:00 UTC by ada, template version 1",
        `Delivery ${ids[0]}, event ${messages[0]!.eventId}`,
        "",
        "Why this recipient",
        "  They sent it to themselves.",
        "",
        "Why this channel",
        "  It is the deployment's default channel.",
        "",
        "Attempts",
        "  1. 2026-11-21 10:00:00 UTC, 0 ms: answered 503",
        "",
        "Next step",
        /^Next step\n(.*)\n$/m.exec(failing!.stdout)?.[1],
        "",
      ].join("\n"),
    );
    expect(inbox!.stdout).toContain("None needed: it was written to the inbox directly.");
    expect(nowhere).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Delivery 00000000 not found"),
    });
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining("is not a valid ID") });

    expect(await belfry(["retry", ids[0]!])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Only failed notifications can be retried"),
    });
    for (let tries = 1; tries < 5; tries += 1) {
      server.clock.advance(3 * 3_600_000);
      await dispatch(server.deps());
    }
    const dead = await belfry(["explain", ids[0]!]);
    expect(dead.stdout).toContain(": failed permanently");
    expect(dead.stdout).toContain("Problems\n  All attempts failed.");
    expect(dead.stdout).toContain(`belfry notifications retry ${ids[0]!.slice(-8)}`);
    receiver.answer({ status: 200 });
    expect(await belfry(["retry", ids[0]!.slice(-8)])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("Queued again for ada, channel webhook."),
    });
    await receiver.wait(6);
    await server.settled();
    expect((await server.messages())[0]).toMatchObject({ status: "sent", attemptCount: 6 });
  });
});

describe("retry and withdraw all", () => {
  test("count first, and change only with --yes where nobody can be asked", async () => {
    const { server, token, belfry } = await startWithWebhook();
    await server.call("PUT", "/api/v2/notifications/settings", { token, json: { notifier_paused: true } });
    for (const title of ["one", "two"]) await send(server, token, title);
    const refused = await belfry(["withdraw", "--all", "--channel", "webhook"]);
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("withdraw 2 deliveries? Use --yes"),
    });
    const done = await belfry(["withdraw", "--all", "--channel", "webhook", "--yes"]);
    expect(done).toMatchObject({ code: 0, stderr: "Withdrawn: 2 deliveries.\n" });
    const inbox = (await server.messages()).find(({ method }) => method === "inbox");
    const one = await belfry(["withdraw", inbox!.id]);
    expect(one).toMatchObject({ code: 0, stderr: "Withdrawn: Custom Notification to ada, inbox.\n" });
    expect(await belfry(["retry", "--all", "--template", "custom-notification"])).toMatchObject({
      code: 0,
      stderr: "No failed deliveries found.\n",
    });
    expect((await belfry(["retry"])).stderr).toContain("ID: missing; for all that match a filter, use --all");
    expect((await belfry(["retry", inbox!.id, "--all"])).stderr).toContain("can't be combined");
  });
});

describe("choices about a kind", () => {
  test("its channel, its default, and that nobody gets it", async () => {
    const { server, token, belfry } = await start();
    const said = async (...words: string[]) => (await belfry(["templates", ...words])).stderr.trim();
    expect(await said("channel", "custom-notification", "inbox")).toContain("now uses the channel Inbox.");
    expect(await said("channel", "custom-notification", "inbox")).toContain("already has this channel");
    expect(await said("channel", "custom-notification", "default")).toContain("the default channel again.");
    expect(await said("channel", "custom-notification", "pigeon")).toContain("must be one of");
    expect(await said("default", "workspace-created", "on")).toContain("is enabled, on by default.");
    expect(await said("default", "workspace-created", "reset")).toContain("Belfry's default.");
    expect(await said("default", "workspace-created", "maybe")).toContain("use on, off or reset");
    expect(await said("disable", "one-time-passcode")).toContain("protects accounts: it is always on");
    expect(await said("disable", "custom-notification")).toContain("is disabled for everybody.");
    expect((await belfry(["templates", "list"])).stdout).toMatch(
      /^custom-notification .* disabled for everybody$/m,
    );
    expect((await send(server, token, "one")).status).toBe(409);
    expect(await said("enable", "custom-notification")).toContain("is enabled");
    expect((await send(server, token, "one")).status).toBe(204);
  });
});

describe("templates", () => {
  const body = "{{ labels.custom_message | raw }}";

  test("are listed, previewed, activated and rolled back", async () => {
    const { server, token, belfry } = await start();
    const folder = await temporaryFolder();
    const file = join(folder, "draft.md");
    await writeFile(
      file,
      `---\r\ntitle: Draft {{ labels.custom_title }}\naction: Open -> /inbox\n---\n${body}\n`,
    );
    const json = { title_template: "Ours: {{ labels.custom_title }}", body_template: body };
    const path = "/api/v2/notifications/templates/39b1e189-c857-4b0c-877a-511144c18516";
    await server.call("POST", `${path}/versions`, { token, json });
    const [list, versions, second, draft, both, unknown, noVersion] = await Promise.all([
      belfry(["templates", "list"]),
      belfry(["templates", "versions", "custom-notification"]),
      belfry(["templates", "preview", "custom notification", "--version", "2"]),
      belfry(["templates", "preview", "custom-notification", "--file", file]),
      belfry(["templates", "preview", "custom-notification", "--file", file, "--version", "2"]),
      belfry(["templates", "versions", "custom-notificatoin"]),
      belfry(["templates", "activate", "custom-notification", "9"]),
    ]);
    expect(list!.stdout).toMatch(/^NAME +TITLE +GROUP +CHANNEL +DEFAULT\n/);
    expect(list!.stdout).toMatch(
      /^custom-notification +Custom Notification +Custom Events +default +enabled$/m,
    );
    expect(
      versions!.stdout
        .split("\n")
        .slice(1, -1)
        .map((line) =>
          line
            .split(/ {2,}/)
            .filter((word) => !word.includes("ago") && word !== "just now" && !/^\d{4}-/.test(word)),
        ),
    ).toEqual([
      ["2", "ada", "Ours: {{ labels.custom_title }}"],
      ["1", "active", "Belfry", "{{ labels.custom_title | raw }}"],
    ]);
    expect(second!.stdout).toBe("Ours: Build done\n\nAll 312 tests passed\n");
    expect(draft!.stdout).toBe("Draft Build done\n\nAll 312 tests passed\n\n[Open] /inbox\n");
    expect(both!.code).toBe(2);
    expect(unknown).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Did you mean "custom-notification"?'),
    });
    expect(noVersion).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Version 9 of "Custom Notification" not found'),
    });
    for (const [version, words] of [
      ["2", 'Version 2 of "Custom Notification" is active.\n'],
      ["2", 'Version 2 of "Custom Notification" is already active.\n'],
      ["1", 'Version 1 of "Custom Notification" is active.\n'],
    ] as const)
      expect(await belfry(["templates", "activate", "custom-notification", version])).toEqual({
        code: 0,
        stdout: "",
        stderr: words,
      });
  });

  test("are edited until they are valid; an edited text is never lost", async () => {
    const { server, token, belfry } = await start();
    const folder = await temporaryFolder();
    /** An editor that puts one text after the other into the file. */
    const editor = join(folder, "editor");
    await writeFile(
      editor,
      `#!/bin/sh\nn=$(cat ${folder}/count 2>/dev/null || echo 0); n=$((n+1)); echo $n > ${folder}/count\ncp "$1" ${folder}/seen-$n\nif [ -f ${folder}/text-$n ]; then cp ${folder}/text-$n "$1"; fi\n`,
    );
    await chmod(editor, 0o755);
    const texts = [
      "no front matter",
      "---\ntitle: {{ labels.nope }}\n---\n{% if %}",
      `---\ntitle: Edited {{ labels.custom_title }}\n---\n\n${body}\n`,
    ];
    for (const [index, text] of texts.entries()) await writeFile(join(folder, `text-${index + 1}`), text);
    const environment = { EDITOR: editor, TMPDIR: folder };
    const done = await belfry(["templates", "edit", "custom-notification"], {
      environment,
      input: "y\n\ny\n",
    });
    expect(done.code).toBe(0);
    expect(done.stderr.split("\n")).toEqual([
      "The file must begin with fields like `title: …` between two lines of `---`; the body follows.",
      "The text has several problems.",
      "  title_template: unknown variable labels.nope in the sample; available: labels.custom_message, labels.custom_title",
      expect.stringMatching(/^ {2}body_template: line 1, column 6: /),
      'Created version 2 of "Custom Notification".',
      'Version 2 of "Custom Notification" is active.',
      "",
    ]);
    expect(await readFile(join(folder, "seen-1"), "utf8")).toBe(
      `---\nname: Custom Notification\ntitle: {{ labels.custom_title | raw }}\n---\n\n${body}\n`,
    );
    expect(await readFile(join(folder, "seen-3"), "utf8")).toBe(texts[1]);
    const shown = await server.call("GET", "/api/v2/notifications/templates/custom", { token });
    expect(shown.json[0]!.title_template).toBe("Edited {{ labels.custom_title }}");

    await writeFile(join(folder, "text-5"), "half done");
    const same = await belfry(["templates", "edit", "custom-notification"], { environment });
    expect(same).toEqual({ code: 0, stdout: "", stderr: "No changes.\n" });
    const given = await belfry(["templates", "edit", "custom-notification"], { environment });
    const kept = /saved in (\S+)/.exec(given.stderr)?.[1];
    expect([given.code, await readFile(kept!, "utf8")]).toEqual([1, "half done"]);
    const [noEditor, broken] = await Promise.all([
      belfry(["templates", "edit", "custom-notification"], { environment: { EDITOR: "", VISUAL: "" } }),
      belfry(["templates", "edit", "custom-notification"], { environment: { EDITOR: "false" } }),
    ]);
    expect(noEditor).toMatchObject({ code: 2, stderr: expect.stringContaining("EDITOR=nano") });
    // Nothing was typed: there is nothing to keep.
    expect(broken!.stderr).not.toContain("saved in");
    expect(broken).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Editor "false" failed: exit code 1'),
    });
  });
});
