// Drift as a provisioner, a claimant and the template admins meet it: plans, the log, the message, the memory.
import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { toHtml } from "../../src/notifications/texts/rules/markdown.ts";
import { cookieFor, get, placeOf, post, wordsOf } from "../support/pages.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { startReceiver } from "../support/receiver.ts";
import { startMailServer } from "../support/smtp.ts";
import { addPrebuilds } from "../support/prebuilds.ts";
import { addProvisioner, addTemplate, addVersion } from "../support/workspaces.ts";
import { storedEvents } from "../support/stored.ts";
import { deliveryLog } from "../support/inbox.ts";

const change = (address: string, paths: unknown, more: object = {}) => ({
  address,
  type: "docker_container",
  change: { actions: ["delete", "create"], replace_paths: paths },
  ...more,
});
const kind = "89d9745a-816e-4695-a17f-3d0a229e2b8d";
const plan = (...changes: unknown[]) => ({ format_version: "1.2", resource_changes: changes });

async function setUp(options: Parameters<typeof startTestServer>[0] = {}) {
  const server = await startTestServer(options);
  const { token, userId } = await signInFirst(server);
  const presetId = randomUUID();
  const preset = { id: presetId, name: "small", parameters: [], instances: 1 };
  const { templateId, versionId } = await addTemplate(server, userId, "docker", { presets: [preset] });
  const mia = await addUser(server, "mia");
  const provisioner = await addProvisioner(server, userId, "one");
  /** A build of mia's that a provisioner has: of a claim, or one that is called so. */
  const begin = async (name: string, stage: "claim" | "create" | "none" = "claim") => {
    if (stage === "claim") await addPrebuilds(server, { templateId, versionId, presetId }, 1);
    const made = await server.call("POST", "/api/v2/users/mia/workspaces", {
      token,
      json: { name, template_version_id: versionId, template_version_preset_id: presetId },
    });
    expect(made.status).toBe(201);
    const { id } = made.json.latest_build;
    if (stage === "create")
      await server.sql(`UPDATE workspace_builds SET stage = 'create' WHERE id = '${id}'`);
    expect((await provisioner.acquire()).json).toMatchObject({ job_id: id, stage });
    return id;
  };
  const logOf = async (id: string) =>
    (await server.call("GET", `/api/v2/workspacebuilds/${id}/logs`, { token })).json;
  return { server, token, mia, userId, templateId, versionId, presetId, provisioner, begin, logOf };
}

describe("a plan", () => {
  test("is answered with what it replaces, which is kept, and logged once", async () => {
    const { server, provisioner, begin, logOf } = await setUp();
    const id = await begin("web");
    const document = plan(
      change("docker_volume.home", [["name"]]),
      change("docker_container.dev[0]", [["image"], ["env"], ["env"]]),
      change("docker_image.tainted", [], { action_reason: "replace_because_tainted" }),
      change("coder_agent.main", [["dir"]], { type: "coder_agent" }),
    );
    const expected = {
      replacements: [
        { resource: "docker_container.dev[0]", paths: ["image", "env", "env"] },
        { resource: "docker_volume.home", paths: ["name"] },
      ],
    };
    for (let time = 0; time < 2; time += 1)
      expect((await provisioner.job("POST", id, "plan", document)).json).toEqual(expected);
    // Another one comes too late to count.
    expect((await provisioner.job("POST", id, "plan", plan(change("a.b", [["c"]])))).status).toBe(200);
    const rows = await server.sql("SELECT address, path FROM resource_replacements ORDER BY position");
    expect(rows.map(({ address, path }) => [address, path])).toEqual([
      ["docker_container.dev[0]", "image"],
      ["docker_container.dev[0]", "env"],
      ["docker_container.dev[0]", "env"],
      ["docker_image.tainted", null],
      ["docker_volume.home", "name"],
    ]);
    const log = await logOf(id);
    expect(log.map(({ output }) => output)).toEqual([
      "Claiming this prebuilt workspace destroys and recreates 3 resources, because these attributes change:",
      "- docker_container.dev[0]: env, image",
      "- docker_image.tainted: no attribute in the plan",
      "- docker_volume.home: name",
      "To keep these resources, add the lifecycle block to the existing resource, then push a new version:",
      'resource "docker_container" "dev" {',
      "  # existing arguments",
      "  lifecycle {",
      "    ignore_changes = [env, image]",
      "  }",
      "}",
      "",
      'resource "docker_volume" "home" {',
      "  # existing arguments",
      "  lifecycle {",
      "    ignore_changes = [name]",
      "  }",
      "}",
      "docker_image.tainted: an earlier build left it tainted; ignore_changes can't prevent the replacement.",
    ]);
    const kinds = log.map((line) => `${line.log_level} ${line.log_source} ${line.stage}`);
    const [warning, info] = ["warn", "info"].map((level) => `${level} provisioner Planning infrastructure`);
    expect(kinds).toEqual([...Array<string>(4).fill(warning!), ...Array<string>(15).fill(info!)]);
  });

  test.each(["none", "create"] as const)("of another build (%s) is logged without alarm", async (stage) => {
    const { provisioner, begin, logOf } = await setUp();
    const id = await begin("web", stage);
    await provisioner.job("POST", id, "plan", plan(change("a_b.c", [["x"]])));
    expect(await logOf(id)).toMatchObject([
      {
        log_level: "info",
        output: "1 resource will be destroyed and recreated, because these attributes change:",
      },
      { log_level: "info", output: "- a_b.c: x" },
    ]);
  });

  test("is logged even when the log is full", async () => {
    const { provisioner, begin, logOf } = await setUp();
    const id = await begin("web");
    const line = { level: "info", source: "provisioner", stage: "x", output: "x".repeat(16_000) };
    for (let time = 0; time < 2; time += 1)
      await provisioner.job(
        "POST",
        id,
        "logs",
        Array.from({ length: 60 }, () => line),
      );
    await provisioner.job("POST", id, "logs", [{ ...line, output: "too late" }]);
    await provisioner.job("POST", id, "plan", plan(change("a_b.c", [["x"]])));
    const outputs = (await logOf(id)).map(({ output }) => output);
    expect(outputs).not.toContain("too late");
    expect(outputs).toContain("- a_b.c: x");
  });

  test("that replaces nothing is not logged", async () => {
    const { provisioner, begin, logOf } = await setUp();
    const id = await begin("web");
    const document = { format_version: "1.2", planned_values: { root_module: {} } };
    expect((await provisioner.job("POST", id, "plan", document)).json).toEqual({ replacements: [] });
    expect(await logOf(id)).toEqual([]);
  });

  test("that is invalid is a 400 that says where, and the job continues", async () => {
    const { server, provisioner, begin } = await setUp();
    const id = await begin("web");
    const field = async (json: unknown) => {
      const { status, json: answer } = await provisioner.job("POST", id, "plan", json);
      expect([status, answer.message]).toEqual([
        400,
        expect.stringContaining(answer.validations![0]!.detail),
      ]);
      return answer.validations![0]!.field;
    };
    expect(await field({})).toBe("resource_changes");
    expect(await field([])).toBe("body");
    expect(await field({ format_version: "2.0", resource_changes: [] })).toBe("format_version");
    expect(await field(plan(change("", [])))).toBe("resource_changes.0.address");
    const cut = await server.call("POST", `/api/v2/provisionerjobs/${id}/plan`, {
      headers: { ...provisioner.headers, "content-type": "application/json" },
      body: JSON.stringify(plan(change("a_b.c", [["x"]]))).slice(0, -3),
    });
    expect([cut.status, cut.json.message]).toEqual([400, expect.stringContaining("JSON")]);
    expect(await server.sql("SELECT 1 FROM workspace_builds WHERE plan_received_at IS NOT NULL")).toEqual([]);
    expect((await provisioner.job("POST", id, "plan", plan())).status).toBe(200);
    expect((await provisioner.job("POST", id, "complete", { resources: [] })).status).toBe(200);
  });

  test("of ten thousand replaced resources, with names of any length and depth, is handled", async () => {
    const { provisioner, begin, logOf } = await setUp();
    const id = await begin("web");
    let deep: unknown = "x";
    for (let level = 0; level < 2_000; level += 1) deep = [deep];
    const hostile = [
      change("__proto__", [["__proto__", "constructor"]]),
      change("<script>alert(1)</script>\n**x** [y](http://evil) `z`\u001B[31m", [deep, ["a\u202Eb"]]),
      change("x".repeat(100_000), [["y".repeat(100_000)]]),
    ];
    const many = Array.from({ length: 10_000 }, (_, at) => change(`a_b.c[${at}]`, [["x"]]));
    const answer = await provisioner.job("POST", id, "plan", plan(...hostile, ...many));
    expect(answer.json.replacements).toHaveLength(10_003);
    const log = await logOf(id);
    expect(log.length).toBeLessThan(80);
    expect(log[0]!.output).toContain("10,003 resources");
    expect(log.every(({ output }) => output.length < 1_200 && !/[\p{Cc}\u202E]/u.test(output))).toBe(true);
    expect((await provisioner.job("POST", id, "complete", { resources: [] })).status).toBe(200);
  });
});

describe("a claim that replaced resources", () => {
  const drifting = plan(
    change("docker_volume.home[0]", [["name"]]),
    change("docker_container.dev[0]", [["env"], ["image"]]),
    change("docker_image.tainted", [], { action_reason: "replace_because_tainted" }),
  );
  const done = { resources: [] };

  /** With a template admin, who is notified. */
  async function withAdmin(options: Parameters<typeof setUp>[0] = {}) {
    const world = await setUp(options);
    const { server } = world;
    const tess = await addUser(server, "tess", ["template-admin"]);
    const total = async () => {
      const { text } = await server.call("GET", "/metrics");
      return text.split("\n").find((line) => line.startsWith(`${totalName}{`));
    };
    const events = async () =>
      (await storedEvents(server))
        .filter(({ templateId }) => templateId === kind)
        .map(({ templateId: _, ...event }) => event);
    return { ...world, tess, total, events };
  }
  const totalName = "coderd_prebuilt_workspaces_resource_replacements_total";

  test("is counted and notified once it has succeeded, however often the completion is sent", async () => {
    const { server, token, tess, mia, presetId, templateId, versionId, provisioner, begin, total, events } =
      await withAdmin();
    const id = await begin("web");
    await provisioner.job("POST", id, "plan", drifting);
    expect([await total(), await events()]).toEqual([undefined, []]);
    for (let time = 0; time < 2; time += 1)
      expect((await provisioner.job("POST", id, "complete", done)).status).toBe(200);
    expect(await total()).toBe(
      `${totalName}{organization_name="default",preset_name="small",template_name="docker"} 1`,
    );
    const { json: workspace } = await server.call("GET", "/api/v2/users/mia/workspace/web", { token });
    expect(await events()).toEqual([
      {
        labels: {
          org: "default",
          workspace: "web",
          template: "docker",
          template_version: `v-${versionId}`,
          preset: "small",
          workspace_build_num: "2",
          claimant: "mia",
        },
        data: {
          replacements: { "docker_container.dev[0]": "env, image", "docker_volume.home[0]": "name" },
          more: 0,
          cure: expect.stringContaining("ignore_changes = [env, image]"),
          notes: [expect.stringMatching(/^docker_image\.tainted: an earlier build/)],
        },
        targets: [workspace.id, mia.userId, templateId, versionId, presetId, workspace.organization_id],
        createdBy: "prebuilds_reconciler",
      },
    ]);
    const { notifications } = (
      await server.call("GET", `/api/v2/notifications/inbox?templates=${kind}`, { token: tess.token })
    ).json;
    expect(notifications).toMatchObject([
      {
        template_id: kind,
        title: "Resources replaced on claim: docker / small",
      },
    ]);
    // The claimant is notified only as a template admin.
    const own = await server.call("GET", `/api/v2/notifications/inbox?templates=${kind}`, {
      token: mia.token,
    });
    expect(own.json.notifications).toEqual([]);

    const second = await begin("other");
    await provisioner.job("POST", second, "plan", drifting);
    await provisioner.job("POST", second, "complete", done);
    expect([(await total())?.endsWith(" 2"), (await events()).length]).toEqual([true, 2]);
  });

  test("notifies the owners when there is no template admin", async () => {
    const { server, token, provisioner, begin } = await setUp();
    const id = await begin("web");
    await provisioner.job("POST", id, "plan", drifting);
    await provisioner.job("POST", id, "complete", done);
    const inbox = await server.call("GET", `/api/v2/notifications/inbox?templates=${kind}`, { token });
    expect(inbox.json.notifications).toHaveLength(1);
    expect((await deliveryLog(server, token)).at(-1)!.reasons).toContain("no_template_admin");
  });

  test("names as many of ten thousand resources as fit into 20 kB, by each channel, the fix first", async () => {
    const [post, hook] = await Promise.all([startMailServer(), startReceiver()]);
    const environment = {
      BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${post.port}`,
      BELFRY_EMAIL_FROM: "belfry@example.com",
      BELFRY_EMAIL_TLS_STARTTLS: "false",
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: hook.url,
    };
    const { server, token, tess, provisioner, begin, events } = await withAdmin({ environment });
    const id = await begin("web");
    // The longest names and paths, resources of many blocks, and such that Markdown's escaping doubles.
    const long = Array.from({ length: 60 }, (_, at) =>
      change(
        `a_b.${"n".repeat(450)}${at}`,
        [..."abcdefgh"].map((path) => [path.repeat(480)]),
      ),
    );
    const escaped = Array.from({ length: 60 }, (_, at) =>
      change(`b_c.d["${"*".repeat(480)}${at}"]`, [["#"]]),
    );
    const many = Array.from({ length: 10_000 }, (_, at) => change(`c_d.e${at}`, [["x", "y"]]));
    await provisioner.job("POST", id, "plan", plan(...many, ...escaped, ...long));
    await provisioner.job("POST", id, "complete", done);
    const { data } = (await events())[0]!;
    const named = Object.keys(data["replacements"] as object);
    const kept = await server.sql("SELECT count(DISTINCT address) AS n FROM resource_replacements");
    expect(named.length + (data["more"] as number)).toBe(kept[0]!["n"]);
    expect(named.length).toBeGreaterThan(2);
    const path = `/api/v2/notifications/templates/${kind}/method`;
    expect((await server.call("PUT", path, { token, json: { method: "webhook" } })).status).toBe(200);
    const second = await begin("other");
    await provisioner.job("POST", second, "plan", plan(...many, ...escaped, ...long));
    await provisioner.job("POST", second, "complete", done);
    await server.settled();
    const { notifications } = (
      await server.call("GET", `/api/v2/notifications/inbox?templates=${kind}`, { token: tess.token })
    ).json;
    const isOurs = (subject: string | undefined) =>
      subject?.startsWith("Resources replaced on claim: docker / small") === true;
    const mail = post.mails.find(({ email }) => isOurs(email.subject))!.email;
    const webhook = hook.arrivals.map(({ json }) => json).find(({ title }) => isOurs(title));
    const texts = [notifications[0]!.content, mail.text!, webhook!.body, webhook!.body_markdown];
    for (const text of texts) {
      expect(Buffer.byteLength(text)).toBeLessThan(20_000);
      expect(text).toMatch(/\d+ more \(see the build log\)/);
      const plain = text.replaceAll("\\", "");
      expect(plain.indexOf("ignore_changes")).toBeGreaterThan(0);
      expect(plain.indexOf("ignore_changes")).toBeLessThan(plain.indexOf("Replaced resources"));
      expect(plain).toContain(named.at(-1)!);
    }
  });

  test("names hundreds of resources when their names are short", async () => {
    const { provisioner, begin, events } = await withAdmin();
    const id = await begin("web");
    const many = Array.from({ length: 700 }, (_, at) =>
      change(`a_b.c${String(at).padStart(3, "0")}`, [["x"]]),
    );
    await provisioner.job("POST", id, "plan", plan(...many));
    await provisioner.job("POST", id, "complete", done);
    const { data } = (await events())[0]!;
    const named = Object.keys(data["replacements"] as object);
    expect(named.length).toBeGreaterThan(100);
    expect(named.length + (data["more"] as number)).toBe(700);
  });

  test("that fails or is canceled is only logged; so are other builds, and replacements without a path", async () => {
    const { server, token, provisioner, begin, logOf, total, events } = await withAdmin();
    const failed = await begin("failed");
    await provisioner.job("POST", failed, "plan", drifting);
    await provisioner.job("POST", failed, "fail", { error: "no disk" });
    const canceled = await begin("canceled");
    await provisioner.job("POST", canceled, "plan", drifting);
    await server.call("PATCH", `/api/v2/workspacebuilds/${canceled}/cancel`, { token });
    await provisioner.job("POST", canceled, "complete", done);
    const created = await begin("created", "create");
    await provisioner.job("POST", created, "plan", drifting);
    await provisioner.job("POST", created, "complete", done);
    const tainted = await begin("tainted");
    await provisioner.job("POST", tainted, "plan", plan(change("docker_image.tainted", [])));
    await provisioner.job("POST", tainted, "complete", done);
    expect((await logOf(failed)).length).toBeGreaterThan(0);
    expect((await logOf(tainted)).length).toBeGreaterThan(0);
    expect(await total()).toBeUndefined();
    const creators = (await events()).map(({ createdBy }) => createdBy);
    expect(creators).not.toContain("prebuilds_reconciler");
  });

  test("with names of any kind is shown as it is: in the inbox, in mail, and without a gap in the snippet", async () => {
    const post = await startMailServer();
    const environment = {
      BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${post.port}`,
      BELFRY_EMAIL_FROM: "belfry@example.com",
      BELFRY_EMAIL_TLS_STARTTLS: "false",
    };
    const { server, token, tess, provisioner, begin, events } = await withAdmin({ environment });
    const names = [
      "__proto__",
      "constructor",
      'module.m["**x** <img src=x onerror=alert(1)> [y](http://evil.example)"].a_b.c["`z`"]',
      'a_b.d" {}\n```\n# injected',
    ];
    const id = await begin("web");
    const hostile = names.map((name) => change(name, [["env"], ["<b>"], ["__proto__"]]));
    await provisioner.job("POST", id, "plan", plan(...hostile));
    await provisioner.job("POST", id, "complete", done);
    const { data } = (await events())[0]!;
    expect(Object.keys(data["replacements"] as object).toSorted()).toEqual(
      names.map((name) => name.replace("\n```\n", " ``` ").replaceAll("\n", " ")).toSorted(),
    );
    expect(data["cure"]).toBe(`# in module m
resource "a_b" "c" {
  # existing arguments
  lifecycle {
    ignore_changes = [__proto__, env]
  }
}`);
    const { notifications } = (
      await server.call("GET", `/api/v2/notifications/inbox?templates=${kind}`, { token: tess.token })
    ).json;
    await server.settled();
    const mail = post.mails.find(({ email }) =>
      email.subject?.startsWith("Resources replaced on claim: docker / small"),
    )!.email;
    const inbox = toHtml(notifications[0]!.content as string);
    for (const page of [inbox, mail.html!]) {
      expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;");
      expect(page).not.toMatch(/<img [^>]*onerror|<script|href="http:\/\/evil|# injected\s*<\/code>/);
      expect(page.match(/<pre/g)).toHaveLength(1);
    }
    expect(mail.text).toContain("[y](http://evil.example)");
    for (const path of ["/templates/default/docker", "/@mia/web/builds/2"]) {
      const page = await get(server, path, cookieFor(token));
      expect(page.text).toContain("&lt;img src=x onerror=alert(1)&gt;");
      expect(page.text).not.toMatch(/<img src=x|href="http:\/\/evil/);
    }
  });
});

describe("drift that is marked as fixed", () => {
  async function withDrift() {
    const world = await setUp();
    const { server, token, provisioner, begin, templateId } = world;
    const tess = await addUser(server, "tess", ["template-admin"]);
    const claim = async (name: string) => {
      const id = await begin(name);
      await provisioner.job("POST", id, "plan", plan(change("a_b.c", [["x"]])));
      await provisioner.job("POST", id, "complete", { resources: [] });
      await server.settled();
      server.clock.advance(60_000);
    };
    const memory = async () =>
      (await server.call("GET", `/api/v2/templates/${templateId}/drift`, { token })).json[0]!;
    const inbox = async () =>
      (await server.call("GET", `/api/v2/notifications/inbox?templates=${kind}`, { token: tess.token })).json;
    return { ...world, tess, claim, memory, inbox };
  }

  test("counts no more, is resolved for everybody, and a claim within 15 minutes notifies again", async () => {
    const { server, token, presetId, claim, memory, inbox } = await withDrift();
    await claim("one");
    await claim("two");
    expect(await memory()).toMatchObject({ claims: 2, claims_hurt: 2, fixed_at: null });
    const path = `/api/v2/prebuilds/presets/${presetId}/drift/fixed` as const;
    const marked = await server.call("POST", path, { token });
    expect([marked.status, marked.json.message]).toEqual([
      200,
      expect.stringContaining("is marked as fixed."),
    ]);
    expect(await memory()).toMatchObject({
      claims: 0,
      claims_hurt: 0,
      resources: [],
      fixed_at: "2026-11-21T10:02:00.500Z",
    });
    expect((await inbox()).unread_count).toBe(0);
    const { entries } = (await server.call("GET", "/api/v2/audit?action=mark_drift_fixed", { token })).json;
    expect(entries).toMatchObject([{ resource_id: presetId, detail: { name: "small", template: "docker" } }]);

    server.clock.advance(60_000);
    await claim("three");
    expect(await memory()).toMatchObject({ claims: 1, claims_hurt: 1 });
    const after = await inbox();
    expect(after.unread_count).toBe(1);
    expect(after.notifications.filter(({ read_at }) => read_at === null)).toHaveLength(1);
    const { messages } = (await server.call("GET", "/api/v2/notifications/messages?limit=200", { token }))
      .json;
    const drift = messages.filter(({ template }) => template.id === kind);
    expect(drift.every(({ reasons }) => !reasons.includes("reopened"))).toBe(true);
  });

  test("the template's page asks first; only template admins and owners mark", async () => {
    const { server, presetId, tess, mia, claim, memory } = await withDrift();
    await claim("one");
    const page = "/templates/default/docker";
    const look = async (query = "") => get(server, page + query, cookieFor(tess.token));
    expect((await look()).text).toContain(`href="${page}?fixed=${presetId}#drift"`);
    expect(wordsOf(await look(`?fixed=${presetId}`))).toContain(
      "Mark small as fixed? Earlier claims no longer count.",
    );
    const press = (token: string, more: Record<string, string> = {}) =>
      post(server, `${page}/drift/${presetId}/fixed`, {}, cookieFor(token), more);
    expect((await press(mia.token)).status).toBe(403);
    expect((await press(tess.token, { origin: "https://evil.example" })).status).toBe(403);
    expect((await memory()).claims).toBe(1);
    expect(placeOf(await press(tess.token))).toBe(`${page}#drift`);
    expect(wordsOf(await look())).toContain("No claims yet, since it was marked as fixed just now");
    expect((await look()).text).not.toContain("?fixed=");
    expect((await post(server, `${page}/drift/none/fixed`, {}, cookieFor(tess.token))).status).toBe(404);
  });
});

describe("the memory of drift", () => {
  test("shows by version and preset what claims replaced, and that a new version has no drift", async () => {
    const { server, token, mia, userId, templateId, versionId, presetId, provisioner, begin } = await setUp();
    const memory = async (as = token) =>
      server.call("GET", `/api/v2/templates/${templateId}/drift`, { token: as });
    const entry = {
      template_version_id: versionId,
      active: true,
      preset_id: presetId,
      preset_name: "small",
      claims: 0,
      claims_hurt: 0,
      last_claimed: null,
      last_seen: null,
      resources: [],
      cure: { snippet: "", notes: [] },
    };
    expect((await memory()).json).toMatchObject([entry]);
    const claim = async (name: string, document: unknown) => {
      const id = await begin(name);
      await provisioner.job("POST", id, "plan", document);
      await provisioner.job("POST", id, "complete", { resources: [] });
      server.clock.advance(60_000);
    };
    await claim("one", plan(change("a_b.c", [["x"]]), change("a_b.d", [["y"]])));
    await claim("two", plan(change("a_b.c", [["z"]])));
    await claim("three", plan());
    const affected = {
      claims: 3,
      claims_hurt: 2,
      last_seen: "2026-11-21T10:01:00.500Z",
      last_claimed: "2026-11-21T10:02:00.500Z",
      resources: [
        { resource: "a_b.c", paths: ["x", "z"], claims_hurt: 2, last_seen: "2026-11-21T10:01:00.500Z" },
        { resource: "a_b.d", paths: ["y"], claims_hurt: 1, last_seen: "2026-11-21T10:00:00.500Z" },
      ],
      cure: { snippet: expect.stringContaining("ignore_changes = [x, z]"), notes: [] },
    };
    expect((await memory()).json).toMatchObject([{ ...entry, ...affected }]);
    expect((await memory(mia.token)).status).toBe(403);
    expect((await server.call("GET", `/api/v2/templates/${randomUUID()}/drift`, { token })).status).toBe(404);

    const fixed = { id: randomUUID(), name: "small", parameters: [], instances: 1 };
    const next = await addVersion(server, userId, templateId, { presets: [fixed] });
    const path = `/api/v2/templates/${templateId}/versions`;
    expect((await server.call("PATCH", path, { token, json: { id: next } })).status).toBe(200);
    expect((await memory()).json).toMatchObject([
      { ...entry, template_version_id: next, preset_id: fixed.id },
      { ...entry, ...affected, active: false },
    ]);
    const page = await get(server, "/templates/default/docker", cookieFor(token));
    expect(wordsOf(page)).toMatch(
      /Resources replaced on claim.*No claims yet.*2 of 3 claims replaced resources.*a_b\.c: replaced in 2 claims: x, z changed/,
    );
    expect(wordsOf(await get(server, "/templates/default/docker", cookieFor(mia.token)))).not.toContain(
      "Resources replaced on claim",
    );
  });
});
