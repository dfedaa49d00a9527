// The documentation as it is served: every document that ships, its links, and nothing but documents.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { documentSections } from "../../src/pages/rules/document-search.ts";
import { pagePath } from "../../src/pages/rules/document.ts";
import { createMeter } from "../support/meter.ts";
import { cookieFor, get, placeOf, startSignedIn, wordsOf } from "../support/pages.ts";
import { startTestServer } from "../support/server.ts";

const folder = new URL("../../public/docs/", import.meta.url);
const documents = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".md"),
);

test("every document is a page for anybody, in the site's look, with one heading that is its title", async () => {
  const server = await startTestServer();
  expect(documents).toContain("index.md");
  for (const file of documents) {
    const page = await get(server, pagePath(file));
    expect([file, page.status, page.headers.get("content-type")]).toEqual([
      file,
      200,
      "text/html; charset=UTF-8",
    ]);
    expect([file, page.text.match(/<h1>/g)?.length]).toEqual([file, 1]);
    const title = /<h1>(.*?)<\/h1>/s.exec(page.text)![1]!.replaceAll(/<[^>]*>/g, "");
    expect(page.text).toContain(`<title>${title} · Belfry</title>`);
    expect(page.text).not.toMatch(/\sstyle="|<script>|\.md"/);
  }
});

test("every link of every document leads somewhere, anchors included", async () => {
  const { server, cookie } = await startSignedIn();
  const pages = new Map<string, string>();
  const open = async (path: string) => {
    if (!pages.has(path)) {
      const page = await get(server, path, cookie);
      pages.set(path, page.status === 200 ? page.text : `status ${page.status}`);
    }
    return pages.get(path)!;
  };
  for (const file of documents) {
    const here = pagePath(file);
    const text = await open(here);
    for (const [, href] of text.matchAll(/ (?:href|src)="([^"]+)"/g)) {
      const url = new URL(href!.replaceAll("&amp;", "&"), `http://here.invalid${here}`);
      if (url.host !== "here.invalid") continue;
      const target = url.pathname === "/" ? "" : await open(url.pathname);
      expect(target, `${file} links to ${href}`).not.toMatch(/^status/);
      const anchor = decodeURIComponent(url.hash.slice(1));
      if (anchor !== "") expect(target.includes(`id="${anchor}"`), `${file} links to ${href}`).toBe(true);
    }
  }
});

test("a document stands below its folders, and beside all others of the index", async () => {
  const server = await startTestServer();
  const deep = documents.find((file) => file.startsWith("administration/monitoring/"))!;
  const page = await get(server, pagePath(deep));
  const title = /<h1>(.*?)<\/h1>/s.exec(page.text)![1]!;
  const crumbs = /aria-label="Breadcrumb">(.*?)<\/nav>/s.exec(page.text)![1]!;
  expect(
    crumbs
      .replaceAll(/<[^>]*>/g, "")
      .replaceAll(/\s+/g, " ")
      .trim(),
  ).toBe(`Administration › Monitoring › ${title}`);
  const index = await get(server, "/docs");
  const listed = (text: string) =>
    new Set(
      [.../<nav class="contents".*?<\/nav>/s.exec(text)![0].matchAll(/href="([^"]+)"/g)].map(([, to]) => to),
    );
  expect(listed(page.text)).toEqual(listed(index.text));
  expect(listed(index.text).size).toBeGreaterThan(1);
  expect(index.text).not.toContain('aria-label="Breadcrumb"');
});

test("each document is in the index", async () => {
  const server = await startTestServer();
  const contents = /<nav class="contents".*?<\/nav>/s.exec((await get(server, "/docs")).text)![0];
  const missing = documents.filter((file) => !contents.includes(`href="${pagePath(file)}"`));
  expect(missing).toEqual([]);
});

test("what is no document is not there, and the text itself is not served", async () => {
  const server = await startTestServer();
  for (const path of [
    "/docs/none",
    "/docs/index",
    "/docs/index.md",
    "/docs/administration/monitoring/alerts.md",
    "/docs/administration/monitoring/index",
    "/docs/%2e%2e/package",
    "/docs/..%2fbelfry",
    "/docs/Administration",
    "/docs/.hidden",
    "/docs/none.png",
    "/docs/../belfry.css",
    "/docs//index",
    "/docs/a%00",
  ]) {
    const page = await get(server, path);
    expect([path, page.status]).toEqual([path, 404]);
  }
  expect(wordsOf(await get(server, "/docs/none"))).toContain("There is no page at /docs/none");
  const slash = await get(server, "/docs/");
  expect([slash.status, placeOf(slash)]).toEqual([301, "/docs"]);
  const away = await get(server, "//evil.example/docs/");
  expect(placeOf(away) ?? "").not.toMatch(/^\/\//);
});

test("pictures of documents are served beside them", async () => {
  const server = await startTestServer();
  const picture = await server.call("GET", "/docs/inbox.png");
  expect([picture.status, picture.headers.get("content-type")]).toEqual([200, "image/png"]);
});

test("reading asks the database only who is signed in, and works while it is away", async () => {
  const meter = createMeter();
  const { server, token } = await startSignedIn({ adapter: "plain", onTrip: meter.onTrip });
  await server.settled();
  meter.reset();
  const stranger = await get(server, "/docs");
  expect([stranger.status, stranger.text.includes('aria-label="Main"')]).toEqual([200, false]);
  expect(meter.trips).toBe(0);
  const known = await get(server, "/docs", cookieFor(token));
  expect([known.status, known.text.includes('aria-label="Main"')]).toEqual([200, true]);
  expect(meter.trips).toBe(1);
  await server.sql("ALTER TABLE api_keys RENAME TO away");
  const without = await get(server, "/docs", cookieFor(token));
  expect([without.status, without.text.includes('aria-label="Main"')]).toEqual([200, false]);
});

test("the search finds sections by heading and text, and each result leads to its place", async () => {
  const server = await startTestServer();
  const found = await get(server, "/docs?q=smtp%20smarthost");
  expect(found.text).toContain('value="smtp smarthost"');
  const links = [...found.text.matchAll(/<h2><a href="([^"]+)">/g)].map(([, href]) => href!);
  expect(links.length).toBeGreaterThan(0);
  for (const link of links) {
    const [path, anchor] = link.split("#");
    const page = await get(server, path!);
    expect([link, page.status]).toEqual([link, 200]);
    if (anchor !== undefined) expect(page.text).toContain(`id="${anchor}"`);
    expect(page.text.toLowerCase()).toContain("smarthost");
  }
  const nothing = await get(server, "/docs?q=%3Cb%3Ezyzzyva");
  expect(wordsOf(nothing)).toContain("Nothing matches “&lt;b&gt;zyzzyva”");
  expect((await get(server, "/docs?q=+")).text).toContain("<h1>Documentation</h1>");
});

test("the search knows every heading of every page by its own anchor", async () => {
  const server = await startTestServer();
  for (const file of documents) {
    const page = await get(server, pagePath(file));
    const anchors = [...page.text.matchAll(/<h[2-6] id="([^"]+)"/g)].map(([, id]) => id);
    const sections = documentSections(readFileSync(new URL(file, folder), "utf8"), file);
    expect([file, sections.map(({ anchor }) => anchor).filter(Boolean)]).toEqual([file, anchors]);
  }
});
