// Microsoft Teams: an Adaptive Card for the address of a Workflows webhook.
import { byteLength } from "../../../../kernel/rules/text.ts";
import { toPlainText } from "../../../texts/rules/markdown.ts";
import {
  fitText,
  shownActions,
  type ReceiverMessage,
  type ReceiverRequest,
  type ReceiverTarget,
} from "../message.ts";

/** Bytes of a whole message. */
export const maxTeamsBytes = 28_000;
const maxActions = 6;

const colors = { critical: "attention", warning: "warning", success: "good", info: "default" } as const;

export function renderTeams(message: ReceiverMessage, { address }: ReceiverTarget): ReceiverRequest {
  // A text block knows some of Markdown, and neither headings nor code.
  const body = fitText(
    toPlainText(message.body),
    maxTeamsBytes,
    (cut) => JSON.stringify(toCard(message, cut)),
    (json) => byteLength(json) <= maxTeamsBytes,
  );
  return { url: address, headers: { "content-type": "application/json" }, body };
}

const toCard = (message: ReceiverMessage, text: string) => ({
  type: "message",
  attachments: [
    {
      contentType: "application/vnd.microsoft.card.adaptive",
      content: {
        $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
        type: "AdaptiveCard",
        version: "1.4",
        msteams: { width: "Full" },
        body: [
          {
            type: "TextBlock",
            text: escapeMarkdown(message.title),
            weight: "bolder",
            size: "medium",
            wrap: true,
            color: colors[message.severity],
          },
          ...(text === "" ? [] : [{ type: "TextBlock", text: escapeMarkdown(text), wrap: true }]),
          ...(message.facts.length === 0
            ? []
            : [{ type: "FactSet", facts: message.facts.map(([name, value]) => ({ title: name, value })) }]),
          { type: "TextBlock", text: `Belfry · ${message.kind}`, isSubtle: true, size: "small", wrap: true },
        ],
        actions: shownActions(message)
          .slice(0, maxActions)
          .map(({ label, url }) => ({ type: "Action.OpenUrl", title: label, url })),
      },
    },
  ],
});

/** A single line break is none in a text block. */
const escapeMarkdown = (text: string): string =>
  text.replaceAll(/[\\*_[\]~`]/g, String.raw`\$&`).replaceAll("\n", "\n\n");
