// Discord: a message of a webhook, in Markdown. Nobody is mentioned, whatever a text says.
import type { RESTPostAPIWebhookWithTokenJSONBody } from "discord-api-types/v10";
import { toPlainText } from "../../../texts/rules/markdown.ts";
import {
  cutText,
  severityMarks,
  shownActions,
  type ReceiverMessage,
  type ReceiverRequest,
  type ReceiverTarget,
} from "../message.ts";

export const maxDiscordLength = 2_000;
const maxTitle = 200;
const maxLinks = 3;

export function renderDiscord(message: ReceiverMessage, { address }: ReceiverTarget): ReceiverRequest {
  const { title, severity } = message;
  const head = `**${severityMarks[severity]} ${escapeMarkdown(cutText(title, maxTitle))}**\n`;
  // Those that fit whole: half an address leads nowhere.
  const links = shownActions(message)
    .slice(0, maxLinks)
    .map(({ label, url }) => `[${escapeMarkdown(label)}](<${url}>)`)
    .filter(({ length }) => length <= 400)
    .join(" · ");
  const tail = links === "" ? "" : `\n${links}`;
  const content = head + fitBody(message.body, maxDiscordLength - head.length - tail.length) + tail;
  const payload: RESTPostAPIWebhookWithTokenJSONBody = { content, allowed_mentions: { parse: [] } };
  return {
    url: withWait(address),
    headers: { "content-type": "application/json" },
    body: JSON.stringify(payload),
  };
}

/** A text that is too long loses its markup: a cut could leave it open. */
const fitBody = (body: string, max: number): string =>
  body.length <= max
    ? body.trim()
    : escapeMarkdown(cutText(toPlainText(body), Math.floor(max * 0.8))).slice(0, max);

/** Discord then answers with what is wrong. */
function withWait(address: string): string {
  const url = new URL(address);
  url.searchParams.set("wait", "true");
  return url.href;
}

const escapeMarkdown = (text: string): string => text.replaceAll(/[\\*_~`|>[\]]/g, String.raw`\$&`);
