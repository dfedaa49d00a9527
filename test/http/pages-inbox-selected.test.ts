// What is done with several notifications at once, without scripts.
import { expect, test } from "vitest";
import { get, placeOf, post, startSignedIn, wordsOf } from "../support/pages.ts";
import { addUser } from "../support/server.ts";

async function start(...titles: string[]) {
  const { server, token, cookie } = await startSignedIn();
  for (const title of titles) {
    const json = { content: { title, message: "Words." } };
    await server.call("POST", "/api/v2/notifications/custom", { token, json });
  }
  const list = async (query = "") =>
    (await server.call("GET", `/api/v2/notifications/inbox${query}`, { token })).json.notifications;
  const titlesOf = async (query = "") => (await list(query)).map(({ title }) => title);
  const ids = new Map((await list()).map(({ id, title }) => [title, id]));
  const send = (path: string, names: string[], fields: Record<string, string> = {}, as = cookie) =>
    server.call("POST", path, {
      body: new URLSearchParams([
        ...names.map((name) => ["id", ids.get(name) ?? name]),
        ...Object.entries(fields),
      ]),
      headers: { cookie: as, accept: "text/html" },
    });
  return { server, cookie, titlesOf, send, ids };
}

const unread = "?read_status=unread";

test("the rows' boxes belong to the form of a bar, which marks what is selected and can undo it", async () => {
  const { server, cookie, titlesOf, send } = await start("One", "Two", "Three");
  const page = await get(server, "/inbox", cookie);
  expect(
    page.text.match(/<input\s+class="pick"\s+type="checkbox"\s+name="id"\s+value="[^"]+"\s+form="selected"/g),
  ).toHaveLength(3);
  expect(page.text).toContain('<form class="selected" id="selected" method="post"');
  server.clock.advance(1_000);
  await send("/inbox/selected/read", ["One"], { to: "/inbox" });
  server.clock.advance(1_000);
  const read = await send("/inbox/selected/read", ["One", "Two"], { to: "/inbox?show=unread" });
  expect(placeOf(read)).toBe(`/inbox?show=unread&read=${server.clock.now()}`);
  expect(await titlesOf(unread)).toEqual(["Three"]);
  await post(server, "/inbox/undo", { to: "/inbox", at: String(server.clock.now()) }, cookie);
  // What was read before stays read.
  expect(await titlesOf(unread)).toEqual(["Three", "Two"]);
  await send("/inbox/selected/unread", ["One", "Two"], { to: "/inbox" });
  expect(await titlesOf(unread)).toEqual(["Three", "Two", "One"]);

  server.clock.advance(1_000);
  const done = await send("/inbox/selected/done", ["One", "Three"], { to: "/inbox" });
  expect(placeOf(done)).toBe(`/inbox?done=${server.clock.now()}`);
  expect(await titlesOf()).toEqual(["Two"]);
  const archive = await get(server, "/inbox?show=done", cookie);
  expect(wordsOf(archive)).toContain("Selected notifications Move to inbox Cancel");
  await send("/inbox/selected/inbox", ["One"], { to: "/inbox?show=done" });
  expect(await titlesOf(unread)).toEqual(["Two", "One"]);

  const form = await get(server, `/inbox/snooze?${/id=[^"&]+/.exec(page.text)?.[0] ?? ""}&id=x`, cookie);
  expect(form.status).toBe(400);
  const query = [...page.text.matchAll(/name="id"\s+value="([^"]+)"/g)].map(([, id]) => `id=${id}`).join("&");
  expect(wordsOf(await get(server, `/inbox/snooze?${query}`, cookie))).toContain("3 notifications");
});

test("nothing selected, or what is somebody else's, is refused and changes nothing", async () => {
  const { server, titlesOf, send } = await start("One");
  expect((await send("/inbox/selected/done", [], { to: "/inbox" })).status).toBe(400);
  expect(
    (
      await send(
        "/inbox/selected/done",
        Array.from({ length: 101 }, () => crypto.randomUUID()),
      )
    ).status,
  ).toBe(400);
  const grace = await addUser(server, "grace");
  const theirs = await send("/inbox/selected/done", ["One"], {}, `coder_session_token=${grace.token}`);
  expect(theirs.status).toBe(404);
  expect(await titlesOf()).toEqual(["One"]);
});
