// Links with which a question can be answered without signing in, for mail and webhooks. They are good for one question until
// it times out, and for nothing else.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Deps } from "../../kernel/deps.ts";
import { hmacKey } from "../../kernel/rules/hmac-key.ts";

const purpose = "answer link";
const timeBytes = 6;
const macBytes = 16;

/** The query of the question's page. */
export const answerQuery = (deps: Pick<Deps, "keysFor">, link: AnswerLink): string =>
  `?token=${createAnswerToken(deps, link)}`;

export interface AnswerLink {
  questionId: string;
  /** Epoch milliseconds: when the question times out. */
  expiresAt: number;
}

/** URL-safe text: the time and a MAC of both. */
export function createAnswerToken(deps: Pick<Deps, "keysFor">, link: AnswerLink): string {
  const time = Buffer.alloc(timeBytes);
  time.writeUIntBE(link.expiresAt, 0, timeBytes);
  return Buffer.concat([time, macOf(deps.keysFor(purpose)[0], link.questionId, time)]).toString("base64url");
}

/** When the link expires; undefined for a token that this deployment did not create for this question. */
export function readAnswerToken(
  deps: Pick<Deps, "keysFor">,
  questionId: string,
  token: string,
): number | undefined {
  const bytes = Buffer.from(token, "base64url");
  // Only as it was written: what a program has appended or changed is another link.
  if (bytes.length !== timeBytes + macBytes || bytes.toString("base64url") !== token) return undefined;
  const time = bytes.subarray(0, timeBytes);
  const given = bytes.subarray(timeBytes);
  const isOurs = deps.keysFor(purpose).some((key) => timingSafeEqual(macOf(key, questionId, time), given));
  return isOurs ? time.readUIntBE(0, timeBytes) : undefined;
}

const macOf = (key: Uint8Array, questionId: string, time: Buffer) =>
  createHmac("sha256", hmacKey(key)).update(questionId).update(time).digest().subarray(0, macBytes);
