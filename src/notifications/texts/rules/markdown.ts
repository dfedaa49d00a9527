// Markdown to safe HTML (pages, mail) and to plain text (webhooks, terminals).
import MarkdownIt, { type Token } from "markdown-it";
import { decodeHTMLStrict } from "./entities.ts";

/** Web pages, paths of Belfry and email addresses: nothing else becomes a link. */
export const isAllowedLink = (url: string): boolean => /^(https?:\/\/|mailto:|\/(?!\/))/i.test(url.trim());

const markdown = createMarkdown(isAllowedLink);
/** Finds links of every kind; it is not used for HTML. */
const anyLinks = createMarkdown(() => true);

function createMarkdown(validateLink: (url: string) => boolean) {
  const parser = new MarkdownIt({ html: false, linkify: true, breaks: true });
  // README.md and main.rs are files, not domains.
  parser.linkify.set({ fuzzyLink: false });
  parser.validateLink = validateLink;
  // A link shows what was written, not a name that is decoded: letters of other scripts look alike.
  parser.normalizeLinkText = (url) => url;
  parser.inline.ruler.before("entity", "unknown_entity", (state, silent) => {
    const [reference] = /^&[a-z][a-z0-9]{1,31};/i.exec(state.src.slice(state.pos, state.pos + 34)) ?? [];
    if (reference === undefined || decodeHTMLStrict(reference) !== reference) return false;
    // The same on every runtime: markdown-it's table of references differs.
    if (!silent) state.pending += "&";
    state.pos += 1;
    return true;
  });
  // An image would report to its server who read the message, and when.
  parser.disable("image");
  parser.renderer.rules["link_open"] = (tokens, index, options, _environment, self) => {
    tokens[index]!.attrSet("rel", "noopener noreferrer nofollow");
    return self.renderToken(tokens, index, options);
  };
  return parser;
}

/** For what writes another markup. */
export const parseMarkdown = (text: string): Token[] => markdown.parse(text, {});
export const toHtml = (text: string): string => markdown.render(text);
/** Without a paragraph, for titles. */
export const toInlineHtml = (text: string): string => markdown.renderInline(text.replaceAll(/\s+/g, " "));

/** The URLs of all links of a text, including those that are not allowed. */
export const linksIn = (text: string): string[] =>
  anyLinks
    .parse(text, {})
    .flatMap((block) => block.children ?? [])
    .filter((token) => token.type === "link_open")
    .map((token) => String(token.attrGet("href")));

/** One line of words and punctuation that can't be markup: neither the start of a list nor a link. */
const plainLine = /^(?!\d{1,9}[.)])[\p{L}\p{N}"'(](?:[\p{L}\p{N} ,.;:!?'"()%+=-]|\/(?!\/))*$/u;

/** Text without markup; a link becomes `label (URL)`. */
export function toPlainText(text: string): string {
  // Most titles are one; the parser takes twenty times as long.
  if (plainLine.test(text)) return text.trimEnd();
  const blocks = markdown.parse(text, {});
  // Line by line: a pattern for blanks before a line's end takes quadratic time.
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
    if (token.type === "inline") out += inlineToText(token.children!);
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
    else if (token.type === "link_open") open.push({ url: String(token.attrGet("href")), from: out.length });
    else if (token.type === "link_close") {
      const link = open.pop()!;
      if (!isLabelUrl(out.slice(link.from), link.url)) out += ` (${link.url})`;
    }
  }
  return out;
}

const isLabelUrl = (label: string, url: string) => label === url || `mailto:${label}` === url;
