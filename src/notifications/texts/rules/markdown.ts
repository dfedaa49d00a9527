// Markdown: to safe HTML (for pages and mail), to plain text (for webhooks, terminals, lock screens), and the escaping
// that keeps a label from becoming markup.
import MarkdownIt, { type Token } from "markdown-it";
import { decodeHTMLStrict } from "./entities.ts";

/** To a web page, a path of ours, or a mail address: no other link is ever made. */
export const isGoodLink = (url: string): boolean => /^(https?:\/\/|mailto:|\/(?!\/))/i.test(url.trim());

const markdown = createMarkdown(isGoodLink);
/** Finds links of every kind. It never makes HTML. */
const anyLinks = createMarkdown(() => true);

function createMarkdown(validateLink: (url: string) => boolean) {
  const parser = new MarkdownIt({ html: false, linkify: true, breaks: true });
  // README.md and main.rs are files, though somebody owns domains of these names.
  parser.linkify.set({ fuzzyLink: false });
  parser.validateLink = validateLink;
  parser.inline.ruler.before("entity", "unknown_entity", (state, silent) => {
    const [reference] = /^&[a-z][a-z0-9]{1,31};/i.exec(state.src.slice(state.pos, state.pos + 34)) ?? [];
    if (reference === undefined || decodeHTMLStrict(reference) !== reference) return false;
    // On every runtime alike: the table that markdown-it has there may be another.
    if (!silent) state.pending += "&";
    state.pos += 1;
    return true;
  });
  // A picture would tell its server who read the message and when.
  parser.disable("image");
  parser.renderer.rules["link_open"] = (tokens, index, options, _environment, self) => {
    tokens[index]!.attrSet("rel", "noopener noreferrer nofollow");
    return self.renderToken(tokens, index, options);
  };
  return parser;
}

export const toHtml = (text: string): string => markdown.render(text);
/** Without a paragraph around it: for titles. */
export const toInlineHtml = (text: string): string => markdown.renderInline(text.replaceAll(/\s+/g, " "));

/** Where the links of a text lead, those included that are left as they were typed. */
export const linksIn = (text: string): string[] =>
  anyLinks
    .parse(text, {})
    .flatMap((block) => block.children ?? [])
    .filter((token) => token.type === "link_open")
    .map((token) => String(token.attrGet("href") ?? ""));

/** Readable text without markup; a link becomes `words (address)`. */
export function toPlainText(text: string): string {
  const blocks = markdown.parse(text, {});
  // By lines: a pattern for blanks before a line's end takes the square of their number.
  return blocksToText(blocks)
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}

function blocksToText(tokens: Token[]): string {
  let out = "";
  for (const token of tokens) {
    if (token.type === "inline") out += inlineToText(token.children ?? []);
    else if (token.type === "fence" || token.type === "code_block") out += `${token.content}\n`;
    else if (token.type === "hr") out += "----\n\n";
    // `info` is the number of an ordered list's item.
    else if (token.type === "list_item_open") out += token.info === "" ? "- " : `${token.info}. `;
    else if (token.type === "td_close" || token.type === "th_close") out += "  ";
    else if (token.type === "tr_close") out += "\n";
    else if (token.type === "paragraph_close") out += token.hidden ? "\n" : "\n\n";
    else if (/^(heading|bullet_list|ordered_list|blockquote|table)_close$/.test(token.type)) out += "\n\n";
  }
  return out;
}

function inlineToText(tokens: Token[]): string {
  const open: { url: string; from: number }[] = [];
  let out = "";
  for (const token of tokens) {
    if (token.type === "text" || token.type === "code_inline") out += token.content;
    else if (token.type === "softbreak" || token.type === "hardbreak") out += "\n";
    else if (token.type === "link_open")
      open.push({ url: String(token.attrGet("href") ?? ""), from: out.length });
    else if (token.type === "link_close") {
      const link = open.pop();
      if (link !== undefined && !isSameAddress(out.slice(link.from), link.url)) out += ` (${link.url})`;
    }
  }
  return out;
}

const isSameAddress = (words: string, url: string) => words === url || `mailto:${words}` === url;
