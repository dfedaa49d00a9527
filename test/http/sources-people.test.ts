// People of a source whom Belfry doesn't recognise: owners say who they are, by the API or by pages without scripts.
import { expect, test } from "vitest";
import { coderMessage, miaInCoder } from "../support/coder-messages.ts";
import { inboxTitles } from "../support/inbox.ts";
import { cookieFor, get, placeOf, post, startSignedIn, wordsOf } from "../support/pages.ts";
import { addUser, signIn } from "../support/server.ts";
import { addSource, postMessage } from "../support/sources.ts";

const pia = {
  user_id: miaInCoder,
  user_email: "pia@example.com",
  user_username: "pia",
  user_name: "Pia <b>Coder</b>",
};
const titled = (title: string, payload = {}) =>
  coderMessage({ ...pia, ...payload }, { title, title_markdown: title });

/** Two notifications for somebody whom Belfry has no account of. */
async function setUp() {
  const { server, token, cookie } = await startSignedIn();
  const source = await addSource(server, token);
  const send = async (message: unknown) =>
    expect((await postMessage(server, source, message)).status).toBe(204);
  await send(titled("First"));
  await send(
    titled("Second", { notification_template_id: crypto.randomUUID(), notification_name: "New Kind" }),
  );
  const people = async () =>
    (await server.call("GET", "/api/v2/sources/prod/people" as "/api/v2/sources/{source}/people", { token }))
      .json;
  const pin = (user: string, id = miaInCoder) =>
    server.call("PUT", `/api/v2/sources/prod/people/${id}` as "/api/v2/sources/{source}/people/{id}", {
      token,
      json: { user },
    });
  const forget = (id = miaInCoder) =>
    server.call("DELETE", `/api/v2/sources/prod/people/${id}` as "/api/v2/sources/{source}/people/{id}", {
      token,
    });
  return { server, token, cookie, source, send, people, pin, forget };
}

test("somebody unknown is listed, and gets what waited once they are pinned, once", async () => {
  const { server, token, send, people, pin, source } = await setUp();
  // A repeated message counts no second time.
  const third = titled("Third");
  await send(third);
  await send(third);
  const row = {
    coder_user_id: miaInCoder,
    username: "pia",
    email: "pia@example.com",
    name: "Pia <b>Coder</b>",
    reason: "no_such_user",
    user: null,
    suggested: null,
    missed: 3,
    waiting: 3,
  };
  expect(await people()).toMatchObject([row]);
  const [listed] = (await server.call("GET", "/api/v2/sources", { token })).json;
  expect(listed).toMatchObject({ received: 3, unmatched: 3, unmatched_people: 1, waiting: 3 });
  const zoe = await addUser(server, "zoe");
  const answers = await Promise.all([pin("zoe"), pin("zoe"), pin("zoe")]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(answers.map(({ json }) => json.user)).toEqual(["zoe", "zoe", "zoe"]);
  expect(await inboxTitles(server, zoe.token)).toEqual(["First", "Second", "Third"]);
  expect(await people()).toMatchObject([{ ...row, reason: "pinned", user: "zoe", waiting: 0 }]);
  await send(titled("Fourth"));
  expect(await inboxTitles(server, zoe.token)).toEqual(["First", "Second", "Third", "Fourth"]);
  expect((await postMessage(server, source, third)).status).toBe(204);
  expect(await inboxTitles(server, zoe.token)).toHaveLength(4);
  expect((await server.call("GET", "/api/v2/sources", { token })).json[0]).toMatchObject({
    received: 4,
    unmatched: 3,
    unmatched_people: 0,
    waiting: 0,
  });
});

test("what has waited for more than a day is not delivered, and is deleted", async () => {
  const { server, send, people, pin } = await setUp();
  server.clock.advance(86_400_000 - 1);
  await send(titled("Third"));
  server.clock.advance(1);
  const zoe = await addUser(server, "zoe");
  expect((await pin("zoe")).json).toMatchObject({ delivered: 1 });
  expect(await inboxTitles(server, zoe.token)).toEqual(["Third"]);
  await server.runTick();
  expect(await server.sql("SELECT * FROM source_waiting")).toEqual([]);
  expect(await people()).toMatchObject([{ waiting: 0 }]);
});

test("a user who is created later gets what comes then; their row suggests them", async () => {
  const { server, send, people, pin } = await setUp();
  const account = await addUser(server, "pia");
  await send(titled("Third"));
  expect(await inboxTitles(server, account.token)).toEqual(["Third"]);
  expect(await people()).toMatchObject([{ suggested: "pia", waiting: 2 }]);
  expect((await pin("pia")).json).toMatchObject({ delivered: 2, user: "pia" });
  expect(await inboxTitles(server, account.token)).toEqual(["Third", "First", "Second"]);
});

test("who is forgotten is unknown again; who was never recognised is deleted after 30 days", async () => {
  const { server, token, send, people, pin, forget } = await setUp();
  await addUser(server, "zoe");
  await pin("zoe");
  expect((await forget()).status).toBe(204);
  expect((await forget()).status).toBe(404);
  expect(await people()).toEqual([]);
  await send(titled("Third"));
  expect(await people()).toMatchObject([{ reason: "no_such_user", missed: 1 }]);
  // A pin can come before the first message.
  const other = crypto.randomUUID();
  expect((await pin("zoe", other)).json).toMatchObject({ username: "", user: "zoe" });
  server.clock.advance(30 * 86_400_000 + 1);
  await server.runTick();
  expect(await server.sql("SELECT foreign_id FROM source_people")).toEqual([{ foreign_id: other }]);
  const actions = await server.sql(
    "SELECT action FROM audit_entries WHERE resource_type = 'source' ORDER BY seq",
  );
  expect(actions.map(({ action }) => action)).toEqual(["create", "pin", "forget", "pin"]);
  expect(token).not.toBe("");
});

test("a user who was deleted gets nothing more: the person is unknown again", async () => {
  const { server, token, send, people, pin } = await setUp();
  await addUser(server, "zoe");
  await pin("zoe");
  expect(
    (await server.call("DELETE", "/api/v2/users/zoe" as "/api/v2/users/{user}", { token })).status,
  ).toBeLessThan(300);
  await send(titled("Third"));
  const [person] = await people();
  expect(person).toMatchObject({ missed: 3, waiting: 1 });
});

test("only so many wait", async () => {
  const { server, send, people } = await setUp();
  await server.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 998)
    INSERT OR IGNORE INTO source_waiting (message_id, source_id, foreign_id, message, received_at)
    SELECT 'm' || i, source_id, foreign_id, '{}', received_at FROM n,
      (SELECT source_id, foreign_id, received_at FROM source_waiting LIMIT 1)`);
  await send(titled("Full"));
  expect(await people()).toMatchObject([{ missed: 3, waiting: 1_000 }]);
  await server.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
    INSERT OR IGNORE INTO source_people (source_id, foreign_id, username, email, email_canonical, name, first_seen_at, last_seen_at)
    SELECT source_id, 'p' || i, '', '', '', '', 1, 1 FROM n, (SELECT source_id FROM source_people LIMIT 1)`);
  await send(titled("Another", { user_id: crypto.randomUUID(), user_email: "", user_username: "other" }));
  expect(await server.sql("SELECT count(*) AS count FROM source_people")).toEqual([{ count: 1_000 }]);
  await send(titled("Known"));
  expect((await people()).find(({ username }) => username === "pia")).toMatchObject({ missed: 4 });
});

test("by pages without scripts: a source is created, somebody unknown is pinned or created", async () => {
  const { server, token, cookie } = await startSignedIn();
  const path = "/deployment/sources";
  expect(wordsOf(await get(server, path, cookie))).toContain("No sources yet.");
  const wrong = await post(server, path, { name: "No Name" }, cookie);
  expect([wrong.status, wordsOf(wrong).includes("lowercase letters")]).toEqual([400, true]);
  const created = await post(server, path, { name: "prod" }, cookie);
  const address = /value="([^"]+\/source-messages\/[^"]+)"/.exec(created.text)![1]!;
  server.secret(address.split("/").at(-1)!);
  expect((await get(server, path, cookie)).text).not.toContain(address);
  const send = (message: unknown) => postMessage(server, { address }, message);
  const bob = await addUser(server, "bob");
  await send(titled("First"));
  await send(
    titled("For Quin", {
      user_id: crypto.randomUUID(),
      user_email: "quin@example.com",
      user_username: "quin",
      user_name: "Quin",
    }),
  );
  const page = await get(server, `${path}/prod`, cookie);
  expect(wordsOf(page)).toContain("Unknown people");
  expect(page.text).toContain("Pia &lt;b&gt;Coder&lt;/b&gt;");
  const act = (name: string, at = page) =>
    new RegExp(`action="(${path}/prod/people/[^/]+/${name})"`, "g").exec(at.text)![1]!;
  const all = [...page.text.matchAll(/action="([^"]+\/people\/[^"]+)"/g)].map(([, action]) => action!);
  const ofPia = (name: string) => all.find((action) => action.includes(miaInCoder) && action.endsWith(name))!;
  const ofQuin = (name: string) =>
    all.find((action) => !action.includes(miaInCoder) && action.endsWith(name))!;
  const discard = /href="([^"]+ask=forget[^"]+)"/.exec((await get(server, `${path}/prod`, cookie)).text)![1]!;
  const asked = await get(server, discard.replaceAll("&amp;", "&"), cookie);
  expect(wordsOf(asked)).toMatch(/Discard .*\? 1 waiting notification will be lost\. Discard person Cancel/);
  const none = await post(server, ofPia("pin"), { user: "nobody" }, cookie);
  expect([none.status, wordsOf(none).includes('no user "nobody"')]).toEqual([400, true]);
  const pinned = await post(server, ofPia("pin"), { user: "bob" }, cookie);
  expect([pinned.status, placeOf(pinned)]).toEqual([303, `${path}/prod?done=pinned`]);
  expect(await inboxTitles(server, bob.token)).toEqual(["First"]);
  const made = await post(server, ofQuin("create"), {}, cookie);
  expect(made.status).toBe(200);
  const password = server.secret(/id="key"[^>]*value="([^"]+)"/s.exec(made.text)![1]!);
  const quin = await signIn(server, { email: "quin@example.com", password });
  expect(await inboxTitles(server, quin)).toContain("For Quin");
  const after = await get(server, `${path}/prod`, cookie);
  expect(wordsOf(after)).toContain("No unknown people.");
  expect(placeOf(await post(server, act("forget", after), {}, cookie))).toBe(`${path}/prod?done=forgotten`);
  expect(placeOf(await post(server, `${path}/prod/disable`, {}, cookie))).toBe(`${path}/prod?done=disabled`);
  expect((await send(titled("No"))).status).toBe(403);
  expect(placeOf(await post(server, `${path}/prod/enable`, {}, cookie))).toBe(`${path}/prod?done=enabled`);
  expect(wordsOf(await get(server, `${path}/prod?ask=rotate`, cookie))).toContain(
    "keeps working for 24 hours",
  );
  const rotated = await post(server, `${path}/prod/rotate`, {}, cookie);
  server.secret(/source-messages\/([A-Za-z0-9]{43})"/.exec(rotated.text)![1]!);
  expect(wordsOf(await get(server, `${path}/prod?ask=delete`, cookie))).toContain("Delete prod?");
  expect(placeOf(await post(server, `${path}/prod/delete`, {}, cookie))).toBe(`${path}?deleted=prod`);
  expect((await get(server, `${path}/prod`, cookie)).status).toBe(404);
  // Members have no such page.
  expect((await get(server, path, cookieFor(bob.token))).status).toBe(403);
  expect(token).not.toBe("");
});

test("somebody whose name or address can't be an account is shown with the reason", async () => {
  const { server, cookie, send } = await setUp();
  const id = crypto.randomUUID();
  await send(titled("Third", { user_id: id, user_email: "", user_username: "-" }));
  const refused = await post(server, `/deployment/sources/prod/people/${id}/create`, {}, cookie);
  expect(refused.status).toBe(400);
  const lost = crypto.randomUUID();
  for (const act of ["create", "pin", "forget"])
    expect(
      (await post(server, `/deployment/sources/prod/people/${lost}/${act}`, { user: "ada" }, cookie)).status,
    ).toBe(404);
});
