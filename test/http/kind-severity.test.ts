// What owners choose about a kind for everybody: its severity, which holds wherever a severity is asked for, and its channels.
import { expect, test } from "vitest";
import { cookieFor, get } from "../support/pages.ts";
import { runCommand } from "../support/command.ts";
import { startWithReceivers } from "../support/receivers.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";

const custom = "39b1e189-c857-4b0c-877a-511144c18516";
const passcode = "one-time-passcode";
const path = `/api/v2/notifications/templates/${custom}/choices`;

const messagesOf = async (server: Awaited<ReturnType<typeof startTestServer>>, title: string) =>
  (
    await server.sql(`SELECT m.method, m.status, r.name FROM notification_messages m
      LEFT JOIN notification_receivers r ON r.id = m.receiver_id
      JOIN notification_events e ON e.id = m.event_id WHERE m.status <> 'inhibited' AND e.labels LIKE '%${title}%' ORDER BY m.method, r.name`)
  ).map(({ method, name }) => (name === null ? method : name));

test("a severity that an owner chose holds for receivers, rules, icons, and is audited", async () => {
  const { server, token, start } = await startWithReceivers();
  const all = await start("all", { kinds: ["custom-notification"] });
  await start("loud", { kinds: ["custom-notification"], min_severity: "warning" });
  const rule = { name: "calm", filter: "severity = warning", suppress: true };
  const made = await server.call("POST", "/api/v2/notifications/rules" as never, {
    token,
    json: rule as never,
  });
  expect(made.status).toBe(201);
  const send = async (title: string) => {
    const json = { content: { title, message: "x" } };
    await server.call("POST", "/api/v2/notifications/custom", { token, json });
    await server.settled();
    return messagesOf(server, title);
  };
  const choose = (json: object) => server.call("PUT", path as never, { token, json: json as never });
  const page = async () => (await get(server, "/inbox", cookieFor(token))).text;
  expect(await send("First")).toEqual(["inbox", "all"]);
  expect(await page()).toContain('data-severity="info"');
  expect((await choose({ severity: "critical" })).status).toBe(200);
  expect(await send("Second")).toEqual(["inbox", "all", "loud"]);
  expect(all.arrivals.length).toBe(2);
  expect(await page()).toContain('data-severity="critical"');
  expect(await page()).not.toContain('data-severity="info"');
  const listed = (await server.call("GET", "/api/v2/notifications/templates/choices", { token })).json;
  expect(listed.find(({ id }) => id === custom)).toMatchObject({
    severity: "critical",
    severity_choice: "critical",
  });
  await choose({ severity: "critical" });
  await choose({ severity: "warning" });
  expect(await send("Third")).toEqual([]);
  await choose({ severity: null });
  expect(await send("Fourth")).toEqual(["inbox", "all"]);
  expect(await server.sql("SELECT * FROM settings WHERE key = 'kind_severities'")).toEqual([]);
  const { entries } = (await server.call("GET", "/api/v2/audit?action=write" as "/api/v2/audit", { token }))
    .json;
  expect(
    entries.filter(({ resource_id: id }) => id === custom).map(({ detail }) => detail["severity"]),
  ).toEqual([null, "warning", "critical"]);
});

test("several channels, the inbox only, or the default again", async () => {
  const server = await startTestServer({
    environment: {
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: "http://127.0.0.1:9/",
      BELFRY_EMAIL_SMARTHOST: "127.0.0.1:9",
      BELFRY_EMAIL_FROM: "belfry@example.com",
    },
  });
  const { token } = await signInFirst(server);
  const send = async (title: string) => {
    const json = { content: { title, message: "x" } };
    await server.call("POST", "/api/v2/notifications/custom", { token, json });
    return messagesOf(server, title);
  };
  const belfry = (...args: string[]) =>
    runCommand(["notifications", "templates", ...args], {
      environment: { BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token },
    });
  expect(await send("First")).toEqual(["inbox", "smtp"]);
  expect((await belfry("channel", "custom-notification", "webhook", "smtp")).stderr).toContain(
    "channels smtp, webhook",
  );
  expect(await send("Second")).toEqual(["inbox", "smtp", "webhook"]);
  const { json: coders } = await server.call("GET", "/api/v2/notifications/templates/custom", { token });
  expect(coders[0]!.method).toBe("smtp");
  await belfry("channel", "custom-notification", "inbox");
  expect(await send("Third")).toEqual(["inbox"]);
  await belfry("channel", "custom-notification", "default");
  expect(await send("Fourth")).toEqual(["inbox", "smtp"]);
  expect((await belfry("channel", passcode, "webhook", "smtp")).stderr).toContain(
    "CHANNEL: must be smtp: this kind is sent by email only",
  );
  expect((await belfry("channel", "custom-notification", "webhook", "pigeon")).stderr).toContain(
    "must be one of inbox, smtp, webhook",
  );
  expect((await belfry("severity", "custom-notification", "loud")).code).toBe(2);
  expect((await belfry("severity", "custom-notification", "warning")).stderr).toContain("severity warning");
});

test("the page has both, and a member may change neither", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const mia = await addUser(server, "mia");
  const page = `/deployment/notifications/templates/${custom}`;
  const post = (to: string, form: Record<string, string>, as = token) =>
    fetch(`${server.url}${page}/${to}`, {
      method: "POST",
      redirect: "manual",
      headers: { cookie: cookieFor(as), origin: server.url },
      body: new URLSearchParams(form),
    });
  expect((await post("choices", { choice: "severity-critical" })).headers.get("location")).toContain(
    "done=severity",
  );
  expect((await post("channel", { method: "smtp,webhook" })).headers.get("location")).toContain(
    "done=channel",
  );
  const shown = (await get(server, page, cookieFor(token))).text;
  expect(shown).toContain("critical, set by an owner");
  expect(shown).toContain("Email and Webhook");
  expect((await post("choices", { choice: "severity-loud" })).status).toBe(400);
  expect((await post("channel", { method: "smtp,pigeon" })).status).toBe(400);
  expect((await post("choices", { choice: "severity-info" }, mia.token)).status).toBe(403);
  const refused = await server.call("PUT", path as never, {
    token: mia.token,
    json: { severity: "info" } as never,
  });
  expect(refused.status).toBe(403);
});
