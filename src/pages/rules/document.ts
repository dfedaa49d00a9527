// Markdown as HTML inside a page: documents of public/docs/ with anchors and rewritten links, and texts of notifications.
import MarkdownIt, { type Token } from "markdown-it";
import { toHtml } from "../../notifications/texts/rules/markdown.ts";

export interface Section {
  id: string;
  title: string;
}

export interface Document {
  /** Its first heading, without markup. */
  title: string;
  html: string;
  /** Its headings of the second level. */
  sections: Section[];
}

/** What scrolls sideways in itself can be scrolled with the keyboard, too. */
const scrolls = (label: string) => ` tabindex="0" role="group" aria-label="${label}"`;
const reachableCode = (html: string): string => html.replaceAll("<pre>", `<pre${scrolls("Code")}>`);

/** Long names of variables go on in the next line after one of their parts. */
const breakableNames = (html: string): string =>
  html.replaceAll(/<td><code>\w+<\/code>/g, (cell) => cell.replaceAll("_", "_<wbr>"));

const markdown = createMarkdown();

function createMarkdown() {
  const parser = new MarkdownIt({ html: false, linkify: true });
  parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
  // What is too wide scrolls in there, not the page.
  parser.renderer.rules["table_open"] = () => `<div class="table"${scrolls("Table")}><table>\n`;
  parser.renderer.rules["table_close"] = () => "</table></div>\n";
  return parser;
}

/** The path of a document's page, from its file below docs/: `a/index.md` is the page of the folder. */
export const pagePath = (file: string): string => `/docs/${file}`.replace(/(\/index)?\.md$/, "");

/** Where a link in a document leads: other documents become pages, files beside it keep their name. */
export function documentLink(href: string, file: string): string {
  const base = "http://here.invalid";
  if (href.startsWith("#") || !URL.canParse(href, base)) return href;
  const url = new URL(href, `${base}/docs/${file}`);
  if (url.origin !== base) return href;
  const path = url.pathname.startsWith("/docs/")
    ? pagePath(url.pathname.slice("/docs/".length))
    : url.pathname;
  return path + url.search + url.hash;
}

/** Letters and digits in lower case with hyphens between, as code forges create them; adds the result to `taken`. */
export function createAnchor(title: string, taken: Set<string>): string {
  const plain = title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");
  let anchor = plain;
  for (let count = 1; taken.has(anchor); count += 1) anchor = `${plain}-${count}`;
  taken.add(anchor);
  return anchor;
}

const plainText = (inline: Token): string =>
  inline
    .children!.filter(({ type }) => type === "text" || type === "code_inline")
    .map(({ content }) => content)
    .join("");

/** `file` is its path below docs/. */
export function renderDocument(text: string, file: string): Document {
  const tokens = markdown.parse(text, {});
  const sections: Section[] = [];
  const taken = new Set<string>();
  let title = "";
  for (const [index, token] of tokens.entries()) {
    if (token.type === "inline") for (const child of token.children!) rewrite(child, file);
    if (token.type !== "heading_open") continue;
    const inline = tokens[index + 1]!;
    const heading = plainText(inline);
    if (title === "") title = heading;
    if (token.tag === "h1") continue;
    const id = createAnchor(heading, taken);
    token.attrSet("id", id);
    inline.children = [...inline.children!, ...linkTo(id, heading)];
    if (token.tag === "h2") sections.push({ id, title: heading });
  }
  const html = markdown.renderer.render(tokens, markdown.options, {});
  // Pages allow no inline style. The renderer escapes quotes of the text, so what matches is its own.
  return {
    title,
    html: breakableNames(reachableCode(html)).replaceAll(
      / style="text-align:(left|center|right)"/g,
      ' class="$1"',
    ),
    sections,
  };
}

function rewrite(token: Token, file: string): void {
  const name = token.type === "link_open" ? "href" : token.type === "image" ? "src" : undefined;
  const target = name === undefined ? null : token.attrGet(name);
  if (name !== undefined && target !== null) token.attrSet(name, documentLink(String(target), file));
}

/** The link to a heading, shown after it. */
function linkTo(id: string, text: string): Token[] {
  const [open, sign, close] = markdown.parseInline("[#](#)", {})[0]!.children! as [Token, Token, Token];
  open.attrSet("href", `#${id}`);
  open.attrSet("class", "anchor");
  open.attrSet("aria-label", `Link to “${text}”`);
  return [open, sign, close];
}

export interface ContentsGroup {
  title: string;
  entries: { title: string; page: string }[];
}

/** The table of contents of an index: its lists' links to documents, below the headings that they stand under. */
export function readContents(text: string, file: string): ContentsGroup[] {
  const groups: ContentsGroup[] = [{ title: "", entries: [] }];
  const tokens = markdown.parse(text, {});
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.type === "heading_open" && token.tag !== "h1")
      groups.push({ title: plainText(tokens[index + 1]!), entries: [] });
    depth += /^(bullet|ordered)_list_/.test(token.type) ? token.nesting : 0;
    if (token.type === "inline" && depth > 0) groups.at(-1)!.entries.push(...entriesOf(token, file));
  }
  return groups.filter(({ entries }) => entries.length > 0);
}

/** The first link of a list's item, if it leads to a document. */
function entriesOf(inline: Token, file: string): ContentsGroup["entries"] {
  const children = inline.children!;
  const at = children.findIndex(({ type }) => type === "link_open");
  const href = String(children[at]?.attrGet("href") ?? "");
  if (at === -1 || !/^[^:]*\.md$/.test(href)) return [];
  const end = children.findIndex(({ type }, index) => index > at && type === "link_close");
  const title = plainText({ children: children.slice(at, end) } as Token);
  return [{ title, page: documentLink(href, file) }];
}

/**
 * Headings sink below the notification's own title (an h2), and the columns of a table are aligned by classes, because
 * pages allow no inline style. The renderer escapes quotes and angle brackets of the text, so what matches is its own.
 */
export function toProse(markdown: string): string {
  return reachableCode(toHtml(markdown))
    .replaceAll("<table>", `<div class="table"${scrolls("Table")}><table>`)
    .replaceAll("</table>", "</table></div>")
    .replaceAll(/<(\/?)h([1-6])>/g, (_tag, slash: string, level: string) => {
      return `<${slash}h${Math.min(6, Number(level) + 2)}>`;
    })
    .replaceAll(/ style="text-align:(left|center|right)"/g, ' class="$1"');
}
