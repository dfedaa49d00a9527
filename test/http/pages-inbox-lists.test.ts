// The lists of the inbox page: filters that can be shared, and pages in both directions.
import fc from "fast-check";
import { expect, test } from "vitest";
import { kinds } from "../../src/notifications/kinds/kinds.ts";
import { get, post, startSignedIn, wordsOf } from "../support/pages.ts";
import type { CallAnswer, TestServer } from "../support/server.ts";

const namesOf = (page: CallAnswer) =>
  [...page.text.matchAll(/<h2 id="t-[^>]*>(?:\s*<span[^>]*>[^<]*<\/span>)*\s*(.*?)\s*<\/h2>/g)].map(
    ([, name]) => name!,
  );
const linkOf = (page: CallAnswer, rel: "next" | "prev") =>
  new RegExp(`rel="${rel}" href="([^"]+)"`).exec(page.text)?.[1]?.replaceAll("&amp;", "&");

interface Row {
  name: string;
  kind?: keyof typeof kinds;
  targets?: string[];
  content?: string;
}

/** Rows as deliveries leave them. */
const insert = (server: TestServer, userId: string, rows: readonly Row[]) =>
  server.sql(
    `INSERT OR IGNORE INTO inbox_notifications (id, user_id, template_id, targets, title, content, icon, actions, created_at) VALUES ${rows
      .map(({ name, kind = "custom-notification", targets = [], content = "Words." }) => {
        const values = [
          crypto.randomUUID(),
          userId,
          kinds[kind].id,
          JSON.stringify(targets),
          name,
          content,
          "",
          "[]",
        ];
        return `(${values.map((value) => `'${value}'`).join()}, ${server.clock.now()})`;
      })
      .join()}`,
  );

const setDone = (server: TestServer, name: string) =>
  server.sql(`UPDATE inbox_notifications SET done_at = 5, read_at = 5 WHERE title = '${name}'`);

test("pages lead in both directions without gaps or doubles, whatever arrives or is done meanwhile", async () => {
  const { server, userId, cookie } = await startSignedIn();
  let last = 0;
  const arrive = async (count: number): Promise<string[]> => {
    const names = Array.from({ length: count }, () => `n${(last += 1)}.`);
    if (count > 0)
      await insert(
        server,
        userId,
        names.map((name) => ({ name })),
      );
    return names;
  };
  /** What happens between two pages: so many arrive, and of those in the inbox these (by chance) are done. */
  const meanwhile = fc.record({
    arriving: fc.integer({ min: 0, max: 30 }),
    done: fc.array(fc.nat(), { maxLength: 12 }),
  });
  const steps = fc.array(meanwhile, { minLength: 12, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 90 }), steps, async (before, events) => {
      await server.sql("DELETE FROM inbox_notifications");
      /** The model: the list, newest first. */
      let list = (await arrive(before)).toReversed();
      let next = 0;
      const happen = async () => {
        const { arriving, done } = events[next++ % events.length]!;
        list = [...(await arrive(arriving)).toReversed(), ...list];
        for (const index of list.length === 0 ? [] : done) {
          const name = list[index % list.length];
          if (name === undefined) continue;
          await setDone(server, name);
          list = list.filter((one) => one !== name);
        }
      };
      const walk = async (path: string, rel: "next" | "prev", between: () => Promise<void>) => {
        const pages: string[][] = [];
        let page = await get(server, path, cookie);
        for (;;) {
          pages.push(namesOf(page));
          await between();
          const link = linkOf(page, rel);
          if (link === undefined) return { pages, page };
          page = await get(server, link, cookie);
        }
      };
      const start = [...list];
      const down = await walk("/inbox", "next", happen);
      const seen = down.pages.flat();
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(seen.toSorted((a, b) => parseInt(b.slice(1)) - parseInt(a.slice(1))));
      // What was there from the beginning to the end was seen.
      expect(seen.filter((name) => list.includes(name))).toEqual(start.filter((name) => list.includes(name)));

      // Upwards from the last page, to what has arrived since, with nothing happening.
      const bottom = linkOf(down.page, "prev");
      const up = bottom === undefined ? [] : (await walk(bottom, "prev", async () => {})).pages;
      const shown = new Set(down.pages.at(-1));
      expect(up.toReversed().flat()).toEqual(
        bottom === undefined
          ? []
          : list.filter((name) => !shown.has(name) && isNewer(name, down.pages.at(-1)!)),
      );
    }),
    { numRuns: 5 },
  );
});

const uuidOf = (digit: number) => `1111111${digit}-1111-4111-8111-111111111111`;

const isNewer = (name: string, page: readonly string[]) =>
  page.length === 0 || parseInt(name.slice(1)) > parseInt(page[0]!.slice(1));

test("a list is filtered by kind and by what it is about, together with the search; each is a link", async () => {
  const { server, userId, cookie } = await startSignedIn();
  const list = async (path: string) => namesOf(await get(server, path, cookie));
  const [docker, first, second, small, again] = Array.from({ length: 5 }, (_, digit) => uuidOf(digit));
  await server.sql(`INSERT OR IGNORE INTO templates (id, organization_id, name, display_name, description, deprecation_message,
      active_version_id, created_by, created_at, updated_at)
    SELECT '${docker}', id, 'docker', '', '', '', '${second}', '${userId}', 1, 1 FROM organizations`);
  for (const [version, preset] of [
    [first, small],
    [second, again],
  ]) {
    await server.sql(`INSERT OR IGNORE INTO template_versions (id, organization_id, template_id, name, message, has_ai_task,
        created_by, created_at, updated_at)
      SELECT '${version}', id, '${docker}', '${version}', '', 0, '${userId}', 1, 1 FROM organizations`);
    await server.sql(`INSERT OR IGNORE INTO presets (id, version_id, name, is_default, created_at)
      VALUES ('${preset}', '${version}', 'small', 0, 1)`);
  }
  await insert(server, userId, [
    { name: "One", kind: "task-idle", targets: [docker!, small!] },
    { name: "Two", kind: "task-idle", targets: [again!] },
    { name: "Three", targets: [docker!], content: "With a needle." },
  ]);
  expect(await list("/inbox?kind=task-idle")).toEqual(["Two", "One"]);
  expect(await list(`/inbox?about=${docker}`)).toEqual(["Three", "One"]);
  expect(await list(`/inbox?about=${docker}&kind=task-idle`)).toEqual(["One"]);
  expect(await list(`/inbox?about=${docker}&q=NEEDLE`)).toEqual(["Three"]);
  expect(await list(`/inbox?kind=${kinds["task-idle"].id}&show=unread`)).toEqual(["Two", "One"]);
  expect(await list("/inbox?kind=nonsense&about=nonsense")).toEqual(["Three", "Two", "One"]);

  // A preset has an id in each version.
  for (const preset of [small, again]) {
    expect(await list(`/inbox?about=${preset}`)).toEqual(["Two", "One"]);
    expect(wordsOf(await get(server, `/inbox?about=${preset}`, cookie))).toContain("Preset: docker / small");
  }

  const page = await get(server, `/inbox?about=${docker}`, cookie);
  expect(wordsOf(page)).toContain("Template: docker");
  // The menu is read when it is asked for.
  expect(page.text).not.toContain('<details class="pop"');
  expect(page.text).toContain(`href="/inbox?about=${docker}&amp;filters=1"`);
  const menu = await get(server, `/inbox?about=${docker}&filters=1`, cookie);
  expect(menu.text).toContain(`href="/inbox?kind=task-idle&amp;about=${docker}"`);
  expect(wordsOf(menu)).toContain("Preset docker / small");
  expect(page.text).not.toContain("data-first-page");

  // What is done with all of it touches nothing else, and can be undone.
  server.clock.advance(1_000);
  const to = "/inbox?kind=task-idle";
  const done = await post(server, "/inbox/done-all", { to }, cookie);
  expect(await list("/inbox")).toEqual(["Three"]);
  expect(await list("/inbox?show=done&kind=task-idle")).toEqual(["Two", "One"]);
  const at = /done=(\d+)/.exec(done.headers.get("location")!)![1]!;
  await post(server, "/inbox/undo", { to, at }, cookie);
  await post(server, "/inbox/read-all", { to: "/inbox?q=needle" }, cookie);
  expect(await list("/inbox?show=unread")).toEqual(["Two", "One"]);
  expect(wordsOf(await get(server, "/inbox?q=nothing&kind=task-idle", cookie))).toContain(
    "contains “nothing”",
  );
  expect(wordsOf(await get(server, "/inbox?kind=task-working", cookie))).toContain("Kind: Task working");
  expect(wordsOf(await get(server, `/inbox?about=${uuidOf(9)}`, cookie))).toContain("something deleted");
});
