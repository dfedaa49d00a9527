// The pages' decisions about documents, and about whether a way works: pure, and the latter also as the database has it.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { summarise, type Attempt } from "../../src/notifications/delivery/rules/channel-health.ts";
import { noteHealth, readHealth, toHealth } from "../../src/notifications/delivery/store/health.ts";
import { userIdByKeySql } from "../../src/accounts/store/keys.ts";
import {
  createAnchor,
  documentLink,
  pagePath,
  readContents,
  renderDocument,
} from "../../src/pages/rules/document.ts";
import { approximateDuration } from "../../src/pages/rules/labels.ts";
import { signInFirst, startTestServer } from "../support/server.ts";

describe("documents", () => {
  test("a document's page has its path without the ending, a folder's index the folder's", () => {
    expect(pagePath("a/b-c.md")).toBe("/docs/a/b-c");
    expect(pagePath("a/index.md")).toBe("/docs/a");
    expect(pagePath("index.md")).toBe("/docs");
    expect(pagePath("a/my-index.md")).toBe("/docs/a/my-index");
  });

  test.each([
    ["b.md", "/docs/a/b"],
    ["./b.md#part", "/docs/a/b#part"],
    ["../c/index.md", "/docs/c"],
    ["../index.md", "/docs"],
    ["picture.png", "/docs/a/picture.png"],
    ["#part", "#part"],
    ["/settings/notifications?x=1", "/settings/notifications?x=1"],
    ["https://example.com/x.md", "https://example.com/x.md"],
    ["mailto:ada@example.com", "mailto:ada@example.com"],
    ["https://", "https://"],
  ])("in a/here.md a link to %s leads to %s", (href, target) =>
    expect(documentLink(href, "a/here.md")).toBe(target),
  );

  test("headings get anchors as the forges make them, each its own", () => {
    const taken = new Set<string>();
    expect(createAnchor("What's `new` in 2.0?", taken)).toBe("whats-new-in-20");
    expect(createAnchor("Größe & Zahl", taken)).toBe("größe--zahl");
    expect([createAnchor("Same", taken), createAnchor("Same", taken), createAnchor("Same", taken)]).toEqual([
      "same",
      "same-1",
      "same-2",
    ]);
  });

  test("the title is the first heading, the sections are those of the second level", () => {
    const { title, html, sections } = renderDocument("# About `x`\n\n## One\n\n### Deep\n\n## Two\n", "a.md");
    expect(title).toBe("About x");
    expect(sections).toEqual([
      { id: "one", title: "One" },
      { id: "two", title: "Two" },
    ]);
    expect(html).toContain("<h1>About <code>x</code></h1>");
    expect(html).toContain(
      '<h2 id="one">One<a href="#one" class="anchor" aria-label="Link to “One”">#</a></h2>',
    );
    expect(html).toContain('<h3 id="deep">Deep<a');
  });

  test("links and pictures are led to where they are served; markup and inline styles have no chance", () => {
    const { html } = renderDocument(
      "[b](b.md) ![p](p.png) <b>x</b> [j](javascript:alert(1))\n\n| a |\n|--:|\n| 1 |\n",
      "a/here.md",
    );
    expect(html).toContain('<a href="/docs/a/b">b</a>');
    expect(html).toContain('<img src="/docs/a/p.png" alt="p">');
    expect(html).toContain("&lt;b&gt;x&lt;/b&gt;");
    expect(html).not.toMatch(/style=|href="javascript/);
    expect(html).toContain('<div class="table"><table>');
    expect(html).toContain('<td class="right">1</td>');
  });

  test("the contents are the documents of the index's lists, under their headings", () => {
    const index = `# All
Prose with [a link](prose.md).

- [Start](start.md)

## Running it
- [Mail](mail/index.md): how to set it up, and [troubles](mail/troubles.md)
- Monitoring
  - [Alerts \`now\`](mail/alerts.md)
- [Elsewhere](https://example.com/x.md), [here](#part)

## Empty
`;
    expect(readContents(index, "index.md")).toEqual([
      { title: "", entries: [{ title: "Start", page: "/docs/start" }] },
      {
        title: "Running it",
        entries: [
          { title: "Mail", page: "/docs/mail" },
          { title: "Alerts now", page: "/docs/mail/alerts" },
        ],
      },
    ]);
  });
});

describe("how long", () => {
  const minute = 60_000;
  test.each([
    [-5, "less than a minute"],
    [minute - 1, "less than a minute"],
    [minute, "1 minute"],
    [60 * minute - 1, "59 minutes"],
    [60 * minute, "1 hour"],
    [48 * 60 * minute - 1, "47 hours"],
    [48 * 60 * minute, "2 days"],
  ])("%i ms is %s", (time, words) => expect(approximateDuration(time)).toBe(words));
});

const attempt = (at: number, ok: boolean, method: Attempt["method"] = "webhook"): Attempt => ({
  method,
  at,
  ok,
  answer: `${ok ? "good" : "bad"} at ${at}`,
});

describe("whether a way works", () => {
  test("however results are grouped, late or sent twice, the database knows the latest of each", async () => {
    const server = await startTestServer({ adapter: "twice" });
    const { token } = await signInFirst(server);
    const { db } = server;
    const viewer = userIdByKeySql(token.split("-")[0]!);
    const groups = fc.array(fc.array(fc.tuple(fc.nat(12), fc.boolean()), { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(groups, async (given) => {
        await server.sql("DELETE FROM settings WHERE key LIKE 'delivery_health_%'");
        // Each try has its own moment.
        const tries = given.map((group, g) =>
          group.map(([at, ok], i) => attempt(at * 1_000 + g * 10 + i + 1, ok)),
        );
        for (const group of tries) await db.write(noteHealth(summarise(group), 1), {});
        const { rows } = await db.read({ rows: readHealth(viewer) });
        const [known] = toHealth(rows);
        const [truth] = summarise(tries.flat());
        const { failingSince, ...rest } = known!;
        const { failingSince: trueSince, ...trueRest } = truth!;
        expect(rest).toEqual(trueRest);
        // Of a streak that was told out of order only its end is known for sure.
        expect(failingSince === null).toBe(trueSince === null);
        if (failingSince !== null) expect(failingSince).toBeGreaterThanOrEqual(trueSince!);
      }),
      { numRuns: 60 },
    );
  });

  test("tries in their order are known exactly", async () => {
    const server = await startTestServer({ adapter: "twice" });
    const { token } = await signInFirst(server);
    const viewer = userIdByKeySql(token.split("-")[0]!);
    const all = [true, false, false, true, false, true, true, false, false].map((ok, at) =>
      attempt(at + 1, ok),
    );
    for (const [index, one] of all.entries()) {
      await server.db.write(noteHealth(summarise([one]), 1), {});
      const { rows } = await server.db.read({ rows: readHealth(viewer) });
      expect(toHealth(rows)).toEqual(summarise(all.slice(0, index + 1)));
    }
  });
});
