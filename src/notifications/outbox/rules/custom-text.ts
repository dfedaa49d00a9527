// Title and message of a custom notification, as scripts pipe them: a text that is too long is cut, not rejected.
import { byteLength, cutStartToBytes, cutToBytes, plainText } from "../../../kernel/rules/text.ts";

/** Bytes of UTF-8. */
export const maxTitleBytes = 120;
export const maxMessageBytes = 2_000;

export interface FittedText {
  title: string;
  message: string;
  truncated: ("title" | "message")[];
}

/** Keeps the start of the title and the end of the message, where a log has its error; `…` replaces the rest. */
export function fitCustomText(given: { title: string; message: string }): FittedText {
  const title = plainText(given.title).replaceAll(/\s+/g, " ").trim();
  const message = plainText(given.message).trimEnd();
  return {
    title: cutToBytes(title, maxTitleBytes),
    message: cutStartToBytes(message, maxMessageBytes),
    truncated: [
      ...(byteLength(title) > maxTitleBytes ? (["title"] as const) : []),
      ...(byteLength(message) > maxMessageBytes ? (["message"] as const) : []),
    ],
  };
}
