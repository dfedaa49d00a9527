// Slack: Block Kit for an incoming webhook. Markdown becomes Slack's own markup.
import type { Button, KnownBlock, MrkdwnElement, PlainTextElement, SectionBlock } from "@slack/types";
import type { Token } from "markdown-it";
import { parseMarkdown, toPlainText } from "../../../texts/rules/markdown.ts";
import {
  cutText,
  fitText,
  severityMarks,
  type ReceiverMessage,
  type ReceiverRequest,
  type ReceiverTarget,
} from "../message.ts";

const maxHeader = 150;
const maxSection = 3_000;
const maxButtonText = 75;
const maxButtons = 5;
const maxUrl = 3_000;

/** Slack's three control characters. */
const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

export function renderSlack(message: ReceiverMessage, { address }: ReceiverTarget): ReceiverRequest {
  const { title, severity, body, facts, actions, link, kind } = message;
  const heading = `${severityMarks[severity]} ${title}`;
  const buttons = actions
    .filter(({ url }) => url.length <= maxUrl)
    .slice(0, maxButtons)
    .map(({ label, url }): Button => ({ type: "button", text: plain(cutText(label, maxButtonText)), url }));
  const fields = facts.map(([name, value]) => marked(`*${escape(name)}*\n${escape(value)}`));
  const blocks: KnownBlock[] = [
    { type: "header", text: plain(cutText(heading, maxHeader)) },
    ...(body.trim() === "" ? [] : [section({ text: marked(sectionText(body, link)) })]),
    ...(facts.length === 0 ? [] : [section({ fields })]),
    ...(buttons.length === 0 ? [] : [{ type: "actions" as const, elements: buttons }]),
    { type: "context", elements: [marked(escape(`Belfry · ${kind}`))] },
  ];
  // What notifications of the phone show.
  const payload = { text: escape(cutText(heading, maxSection)), blocks };
  return {
    url: address,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(payload),
  };
}

const plain = (text: string): PlainTextElement => ({ type: "plain_text", text });
const marked = (text: string): MrkdwnElement => ({ type: "mrkdwn", text });
const section = (content: Pick<SectionBlock, "text" | "fields">): SectionBlock => ({
  type: "section",
  ...content,
});

/** A text that is too long loses its markup: a cut could fall into a link. */
function sectionText(body: string, link: string): string {
  const whole = toSlackText(body);
  if (whole.length <= maxSection) return whole;
  const more = `\n<${escape(link)}|Read the whole text>`;
  return fitText(
    toPlainText(body),
    maxSection - more.length,
    (cut) => escape(cut) + more,
    (text) => text.length <= maxSection,
  );
}

/** Markdown as Slack writes it: `*bold*`, `_italic_`, `<url|label>`, and lists with bullets. */
export const toSlackText = (markdown: string): string =>
  blocksToSlack(parseMarkdown(markdown))
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();

function blocksToSlack(tokens: readonly Token[]): string {
  let out = "";
  for (const token of tokens) {
    if (token.type === "inline") out += inlineToSlack(token.children!);
    else if (token.type === "fence" || token.type === "code_block")
      out += `\`\`\`\n${escape(token.content)}\`\`\`\n`;
    else if (token.type === "heading_open" || token.type === "heading_close")
      out += token.nesting === 1 ? "*" : "*\n\n";
    else if (token.type === "list_item_open") out += token.info === "" ? "• " : `${token.info}. `;
    else if (token.type === "paragraph_close") out += token.hidden ? "\n" : "\n\n";
    else if (/^(td|th)_close$/.test(token.type)) out += "  ";
    else if (token.type === "tr_close") out += "\n";
    else if (/^(bullet_list|ordered_list|blockquote|table)_close$/.test(token.type)) out += "\n";
  }
  return out;
}

const inlineMarks: Readonly<Record<string, string>> = {
  strong_open: "*",
  strong_close: "*",
  em_open: "_",
  em_close: "_",
  s_open: "~",
  s_close: "~",
  softbreak: "\n",
  hardbreak: "\n",
};

function inlineToSlack(tokens: readonly Token[]): string {
  let out = "";
  for (const token of tokens) {
    if (token.type === "text") out += escape(token.content);
    else if (token.type === "code_inline") out += `\`${escape(token.content)}\``;
    // Its address has no bar: the parser has encoded it.
    else if (token.type === "link_open") out += `<${escape(String(token.attrGet("href")))}|`;
    else if (token.type === "link_close") out += ">";
    else out += inlineMarks[token.type]!;
  }
  return out;
}
