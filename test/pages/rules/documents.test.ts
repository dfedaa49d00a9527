// Documents as pages: paths, links, anchors and contents; and durations as text.
import { describe, expect, test } from "vitest";
import {
  createAnchor,
  documentLink,
  pagePath,
  readContents,
  renderDocument,
} from "../../../src/pages/rules/document.ts";
import { documentSections, findSections } from "../../../src/pages/rules/document-search.ts";
import { approximateDuration } from "../../../src/pages/rules/labels.ts";
import { httpsOrigin } from "../../../src/pages/rules/links.ts";

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

  test("headings get unique anchors, like those of code forges", () => {
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

  test("links and pictures lead to where they are served; markup and inline styles are escaped", () => {
    const { html } = renderDocument(
      "[b](b.md) ![p](p.png) <b>x</b> [j](javascript:alert(1))\n\n| a |\n|--:|\n| 1 |\n",
      "a/here.md",
    );
    expect(html).toContain('<a href="/docs/a/b">b</a>');
    expect(html).toContain('<img src="/docs/a/p.png" alt="p">');
    expect(html).toContain("&lt;b&gt;x&lt;/b&gt;");
    expect(html).not.toMatch(/style=|href="javascript/);
    expect(html).toContain('<div class="table" tabindex="0" role="group" aria-label="Table"><table>');
    expect(html).toContain('<td class="right">1</td>');
  });

  test("long names in a table can be broken after their parts, and nowhere else", () => {
    const { html } = renderDocument(
      "| a | b |\n| - | - |\n| `BELFRY_URL` | `a_b c` |\n\n`BELFRY_URL`",
      "a.md",
    );
    expect(html).toContain("<td><code>BELFRY_<wbr>URL</code></td>");
    expect(html).toContain("<td><code>a_b c</code></td>");
    expect(html).toContain("<p><code>BELFRY_URL</code></p>");
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
    expect(readContents("- plain\n- [x](javascript:x.md)\n", "index.md")).toEqual([]);
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

describe("an approximate duration", () => {
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

test.each([
  ["https://b.example.com", "http", null, "https://b.example.com"],
  ["https://b.example.com/sub", "HTTP, https", "same-origin", "https://b.example.com"],
  ["https://b.example.com", "https", null, null],
  ["https://b.example.com", null, null, "https://b.example.com"],
  ["https://b.example.com", null, "none", null],
  ["http://b.example.com", "http", null, null],
  ["https://localhost:4747", "http", null, null],
  ["https://127.0.0.1", null, null, null],
  ["https://[::1]", null, null, null],
])(
  "access URL %s, forwarded %j, Sec-Fetch-Site %j: use %j",
  (accessUrl, forwardedProto, secFetchSite, use) => {
    expect(httpsOrigin({ accessUrl, forwardedProto, secFetchSite })).toBe(use);
  },
);

describe("the search of the documentation", () => {
  const text = [
    "# Send mail",
    "Set a [mail server](x.md#y) and its **port**.",
    "",
    "## The `smtp` server",
    "| variable | meaning |",
    "| -- | :-: |",
    "| `BELFRY_HOST` | its name |",
    "| `BELFRY_PORT` | its port, `465 \\| 587` |",
    "```sh",
    "# no heading",
    "belfry mail   test",
    "```",
    "## The smtp server",
    "1. Again.",
  ].join("\n");
  const sections = documentSections(text, "a/mail.md");

  test("a document is its sections, with the anchors of its page and without the signs of Markdown", () => {
    const of = { page: "/docs/a/mail", title: "Send mail" };
    expect(sections).toEqual([
      { ...of, heading: "Send mail", anchor: "", text: "Set a mail server and its port." },
      {
        ...of,
        heading: "The smtp server",
        anchor: "the-smtp-server",
        text: "BELFRY_HOST · its name · BELFRY_PORT · its port, 465 | 587 # no heading belfry mail   test",
      },
      { ...of, heading: "The smtp server", anchor: "the-smtp-server-1", text: "Again." },
    ]);
    expect(documentSections("Text before any heading", "b.md")).toEqual([]);
  });

  test("all words are found, headings first, whatever their case", () => {
    const anchors = (query: string) => findSections(sections, query).map(({ anchor }) => anchor);
    expect(anchors("SMTP")).toEqual(["the-smtp-server", "the-smtp-server-1"]);
    expect(anchors("belfry_host")).toEqual(["the-smtp-server"]);
    expect(anchors("mail")).toEqual(["", "the-smtp-server", "the-smtp-server-1"]);
    expect(anchors("smtp again")).toEqual(["the-smtp-server-1"]);
    expect(anchors("smtp nothing")).toEqual([]);
    expect(anchors("  ")).toEqual([]);
  });

  test("an excerpt shows the words where they are", () => {
    const long = documentSections(`# Long\n${"before ".repeat(30)}(a.b) ${"after ".repeat(60)}`, "l.md");
    const { excerpt } = findSections(long, "(A.B)")[0]!;
    expect(excerpt.map((part) => part.length > 200)).toEqual([false, false, false]);
    expect(excerpt[0]).toMatch(/^… before/);
    expect(excerpt[1]).toBe("(a.b)");
    expect(excerpt[2]).toMatch(/after …$/);
    expect(findSections(sections, "smtp")[1]!.excerpt).toEqual(["Again."]);
  });

  test("one page takes three places of twenty", () => {
    const page = (name: string) =>
      documentSections(`# ${name}\n${"## Pools\nmore\n".repeat(9)}`, `${name}.md`);
    const all = Array.from({ length: 9 }, (_, index) => page(`p${index}`)).flat();
    const found = findSections(all, "pools");
    expect(found).toHaveLength(20);
    expect(found.filter((one) => one.page === "/docs/p0")).toHaveLength(3);
  });
});
