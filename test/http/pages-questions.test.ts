// Answering on pages, without scripts: signed in, from the inbox and Needs you, and by the link of a message. Whatever opens a
// link changes nothing by that.
import { expect, test } from "vitest";
import { createAnswerToken } from "../../src/agent-sessions/questions/answer-link.ts";
import { kinds } from "../../src/notifications/kinds/kinds.ts";
import { addUser, type TestServer } from "../support/server.ts";
import { asBrowser, cookieFor, get, placeOf, post, wordsOf } from "../support/pages.ts";
import { startReceiver } from "../support/receiver.ts";
import { startMailServer } from "../support/smtp.ts";
import { startAsking, type Asking } from "../support/questions.ts";

const minute = 60_000;
const pageOf = (id: string) => `/questions/${id}`;

const linkOf = (server: TestServer, id: string, expiresAt: number) =>
  `${pageOf(id)}?token=${createAnswerToken(server.deps(), { questionId: id, expiresAt })}`;

/** A question with a link for as long as it is open. */
async function askWithLink({ server, asked }: Asking, json: object = {}) {
  const id = await asked({ timeout_s: 600, ...json });
  return { id, link: linkOf(server, id, server.clock.now() + 10 * minute) };
}

/** Everything that an answer would change. */
const stateOf = ({ server }: Asking) =>
  server.sql(`SELECT (SELECT group_concat(state || coalesce(answer, '')) FROM agent_questions) AS questions,
    (SELECT group_concat(state || change_id) FROM agent_sessions) AS sessions,
    (SELECT count(*) FROM audit_entries WHERE action = 'answer') AS audit,
    (SELECT count(*) FROM inbox_notifications WHERE read_at IS NULL) AS unread`);

test("a question is answered on its page by pressing an option", async () => {
  const { server, mia, asked, question } = await startAsking();
  const cookie = cookieFor(mia.token);
  const id = await asked({ default: "The second" });
  const shown = await get(server, pageOf(id), cookie);
  expect(shown.status).toBe(200);
  expect(wordsOf(shown)).toContain(
    "Fix the login redirect asks Which redirect should stay? The first The second",
  );
  expect(wordsOf(shown)).toContain("Without an answer, the agent continues with The second.");
  expect(shown.text).not.toContain('name="text"');
  const answered = await post(server, pageOf(id), { option: "The first" }, cookie);
  expect([answered.status, placeOf(answered)]).toEqual([303, pageOf(id)]);
  expect((await question(id)).json).toMatchObject({ answer: "The first", by: "mia" });
  const after = await get(server, pageOf(id), cookie);
  expect(wordsOf(after)).toContain("Answered by mia just now: The first");
  expect(after.text).not.toContain('<button class="button primary"');
});

test("a text answers where it may; what is wrong is said, and what was typed stays", async () => {
  const { server, mia, asked, question } = await startAsking();
  const cookie = cookieFor(mia.token);
  const id = await asked({ options: null });
  const typed = "ö".repeat(1_500);
  const refused = await post(server, pageOf(id), { text: typed }, cookie);
  expect(refused.status).toBe(400);
  expect(wordsOf(refused)).toContain("Your answer was not sent: 3000 bytes, at most 2000 allowed.");
  expect(refused.text).toContain(`value="${typed}"`);
  expect((await post(server, pageOf(id), {}, cookie)).status).toBe(400);
  expect((await question(id)).json.state).toBe("open");
  expect((await post(server, pageOf(id), { text: "Neither" }, cookie)).status).toBe(303);
  expect((await question(id)).json.answer).toBe("Neither");
});

test("an option is pressed in the inbox and in Needs you, and leads back there", async () => {
  const { server, mia, asked, question } = await startAsking();
  const cookie = cookieFor(mia.token);
  const first = await asked({ options: ["Yes & no", "Later"] });
  const inbox = await get(server, "/inbox", cookie);
  // A form in Needs you, and a button for each option in the row.
  const ways = inbox.text.split(`action="${pageOf(first)}"`).length - 1;
  expect(ways).toBe(3);
  expect(inbox.text).toMatch(/name="option"\s+value="Yes &amp; no"/);
  const pressed = await post(server, pageOf(first), { option: "Yes & no", to: "/inbox?show=unread" }, cookie);
  expect([pressed.status, placeOf(pressed)]).toEqual([303, "/inbox?show=unread"]);
  expect((await question(first)).json.answer).toBe("Yes & no");
  const after = await get(server, "/inbox", cookie);
  expect(after.text).not.toContain('name="option"');
  expect(wordsOf(after)).toContain("Answered by mia");
  const second = await asked();
  const list = await get(server, "/inbox/needs-you", cookie);
  expect(list.text).toContain(`action="${pageOf(second)}"`);
  await post(server, pageOf(second), { option: "The second", to: "/inbox/needs-you" }, cookie);
  expect(wordsOf(await get(server, "/inbox/needs-you", cookie))).toContain("Nothing is waiting for you.");
  const foreign = await asked();
  const away = await post(
    server,
    pageOf(foreign),
    { option: "The first", to: "https://evil.example" },
    cookie,
  );
  expect(placeOf(away)).toBe(pageOf(foreign));
});

test("who is late learns who was faster, that it timed out, or that it was withdrawn", async () => {
  const { server, mia, asked, answer, withdraw } = await startAsking();
  const cookie = cookieFor(mia.token);
  const late = (id: string) => post(server, pageOf(id), { option: "The second" }, cookie);
  const answered = await asked();
  await answer(answered);
  server.clock.advance(5 * minute);
  const second = await late(answered);
  expect(second.status).toBe(409);
  expect(wordsOf(second)).toContain("Your answer was not sent. Already answered by mia.");
  expect(wordsOf(second)).toContain("Answered by mia 5 min ago: The first");
  const timedOut = await asked({ timeout_s: 60, default: "The second" });
  server.clock.advance(2 * minute);
  const third = await late(timedOut);
  expect([third.status, wordsOf(third)]).toEqual([
    410,
    expect.stringContaining("The agent continued with The second."),
  ]);
  const withdrawn = await asked();
  await withdraw(withdrawn);
  const fourth = await late(withdrawn);
  expect([fourth.status, wordsOf(fourth)]).toEqual([410, expect.stringContaining("Withdrawn just now.")]);
  expect((await get(server, pageOf(withdrawn), cookie)).status).toBe(200);
});

test("somebody else's question is no page, and nobody's who isn't signed in", async () => {
  const { server, ownerToken, asked } = await startAsking();
  const id = await asked();
  const bob = await addUser(server, "bob");
  for (const token of [bob.token, ownerToken]) {
    expect((await get(server, pageOf(id), cookieFor(token))).status).toBe(404);
    expect((await post(server, pageOf(id), { option: "The first" }, cookieFor(token))).status).toBe(404);
  }
  const stranger = await get(server, pageOf(id));
  expect([stranger.status, placeOf(stranger)]).toEqual([
    303,
    `/login?next=${encodeURIComponent(pageOf(id))}`,
  ]);
});

test("a form of another site answers nothing, signed in or by a link", async () => {
  const asking = await startAsking();
  const { server, mia } = asking;
  const { id, link } = await askWithLink(asking);
  const before = await stateOf(asking);
  const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  const cookie = cookieFor(mia.token);
  expect((await post(server, pageOf(id), { option: "The first" }, cookie, foreign)).status).toBe(403);
  expect((await post(server, link, { option: "The first" }, undefined, foreign)).status).toBe(403);
  expect(await stateOf(asking)).toEqual(before);
});

test("scanners and prefetching open a link and change nothing; a press answers", async () => {
  const asking = await startAsking();
  const { server, question } = asking;
  const { id, link } = await askWithLink(asking);
  const before = await stateOf(asking);
  for (const [method, headers] of [
    ["GET", {}],
    ["HEAD", {}],
    ["GET", { "sec-purpose": "prefetch", purpose: "prefetch" }],
    ["GET", { "user-agent": "Mozilla/5.0 (compatible; LinkScanner/1.0)", accept: "*/*" }],
    ["OPTIONS", {}],
    ["PUT", {}],
    ["DELETE", {}],
  ] as const)
    await server.call(method, link, { headers: { ...asBrowser, ...headers } });
  expect(await stateOf(asking)).toEqual(before);
  const shown = await get(server, link);
  expect(shown.status).toBe(200);
  expect(shown.headers.get("cache-control")).toBe("no-store");
  expect(shown.headers.get("referrer-policy")).toBe("same-origin");
  expect(shown.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(shown.text).not.toContain("Account");
  const pressed = await post(server, link, { option: "The second" });
  expect([pressed.status, placeOf(pressed)]).toEqual([303, link]);
  expect((await question(id)).json).toMatchObject({ answer: "The second", by: "mia" });
  expect(wordsOf(await get(server, link))).toContain("Answered by mia just now: The second");
  expect(
    await server.sql("SELECT detail ->> '$.via' AS via FROM audit_entries WHERE action = 'answer'"),
  ).toEqual([{ via: "link" }]);
});

test("links that are changed, too old or another question's do nothing, and say why", async () => {
  const asking = await startAsking();
  const { server, mia, asked } = asking;
  const { id, link } = await askWithLink(asking);
  const other = await asked({ text: "Another?" }, {});
  const [path, token = ""] = link.split("?token=");
  const change = (at: number) => token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
  const before = await stateOf(asking);
  const wrong = [
    `${pageOf(other)}?token=${token}`,
    ...Array.from(token, (_, at) => `${path}?token=${change(at)}`),
    `${path}?token=`,
    `${path}?token=${token}A`,
    `${path}?token=${token.slice(1)}`,
    `${pageOf("nonsense")}?token=${token}`,
  ];
  for (const address of wrong) {
    const [shown, pressed] = [
      await get(server, address),
      await post(server, address, { option: "The first" }),
    ];
    expect([address, shown.status, pressed.status]).toEqual([address, 404, 404]);
    expect(wordsOf(shown)).toContain("Invalid link.");
  }
  expect(await stateOf(asking)).toEqual(before);
  const open = await askWithLink(asking);
  await server.sql(`UPDATE users SET status = 'suspended' WHERE id = '${mia.userId}'`);
  expect((await post(server, open.link, { option: "The first" })).status).toBe(404);
  await server.sql(`UPDATE users SET status = 'active' WHERE id = '${mia.userId}'`);
  expect((await get(server, open.link)).status).toBe(200);
  server.clock.advance(10 * minute);
  for (const late of [await get(server, open.link), await post(server, open.link, { option: "The first" })]) {
    expect(late.status).toBe(410);
    expect(wordsOf(late)).toContain("This link has expired: the question has timed out.");
  }
  expect(id).not.toBe(other);
});

test("the link is in what is sent and nowhere else", async () => {
  const receiver = await startReceiver();
  const asking = await startAsking({
    environment: {
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
      BELFRY_NOTIFICATIONS_METHOD: "webhook",
    },
  });
  const { server, ownerToken, mia, asked, question } = asking;
  const id = await asked();
  const [arrival] = await receiver.wait(1);
  const { actions, labels } = arrival!.json.payload;
  expect(actions.map(({ label }) => label)).toEqual(["Answer"]);
  const url = new URL(actions[0]!.url);
  expect(url.pathname).toBe(pageOf(id));
  const token = url.searchParams.get("token")!;
  expect(JSON.stringify(labels)).not.toContain(token);
  expect(arrival!.json.title).toBe("Fix the login redirect asks: Which redirect should stay?");
  expect(arrival!.json.body).toContain("The first");
  await server.settled();
  const [message] = await server.sql("SELECT id FROM notification_messages WHERE method = 'webhook'");
  const log = `/deployment/notifications/messages/${String(message!["id"])}`;
  expect((await get(server, log, cookieFor(ownerToken))).text).not.toContain(token);
  expect((await get(server, "/inbox", cookieFor(mia.token))).text).not.toContain(token);
  expect(server.logs.join("\n")).not.toContain(token);
  await post(server, url.pathname + url.search, { option: "The first" });
  expect((await question(id)).json.answer).toBe("The first");
});

test("a mail has the link, and answers by a press of its page", async () => {
  const mail = await startMailServer();
  const { server, ownerToken, asked, question } = await startAsking({
    environment: {
      BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${mail.port}`,
      BELFRY_EMAIL_FROM: "belfry@example.com",
      BELFRY_EMAIL_FORCE_TLS: "false",
    },
  });
  const method = `/api/v2/notifications/templates/${kinds["agent-question"].id}/method` as const;
  await server.call("PUT", method, { token: ownerToken, json: { method: "smtp" } });
  const id = await asked();
  await server.settled();
  const [{ email }] = mail.mails as [(typeof mail.mails)[number]];
  expect(email.subject).toBe("Fix the login redirect asks: Which redirect should stay?");
  for (const part of [email.html, email.text]) {
    const [link] = /\/questions\/[^"\s<>)]+\?token=[\w-]+/.exec(String(part)) ?? [];
    expect(link).toMatch(new RegExp(`^/questions/${id}\\?`));
    expect((await get(server, link!)).status).toBe(200);
    expect((await question(id)).json.state).toBe("open");
  }
  const [link] = /\/questions\/\S+\?token=[\w-]+/.exec(String(email.text))!;
  await post(server, link, { option: "The second" });
  expect((await question(id)).json).toMatchObject({ answer: "The second", by: "mia" });
});
