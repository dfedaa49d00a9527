// Title and message of a custom notification as scripts pipe them: what is too long is cut, not refused.
import { byteLength, cutStartToBytes, cutToBytes, plainText } from "../../../kernel/rules/text.ts";

/** Bytes of UTF-8. */
export const maxTitleBytes = 120;
export const maxMessageBytes = 2_000;

export interface FittedText {
  title: string;
  message: string;
  truncated: ("title" | "message")[];
}

/** The title's start and the message's end, where a log says what went wrong; `…` stands for the rest. */
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
