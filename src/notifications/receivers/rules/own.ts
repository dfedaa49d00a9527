// Chats of people's own: which formats there are, and the codes that confirm them.
import type { ReceiverFormat } from "../../../../db/schema.ts";

/** The other formats are for services that page or process. */
export const ownFormats = ["slack", "discord", "teams", "ntfy"] as const satisfies ReceiverFormat[];
export type OwnFormat = (typeof ownFormats)[number];

/** Of one person. */
export const maxOwn = 3;
/** In an hour: each sends something to an address that anybody could have. */
export const maxAdded = 10;
export const codeLifeMs = 15 * 60_000;
/** Before another code is sent. */
export const codePauseMs = 60_000;
/** With one code. */
export const maxTries = 5;

/** Its channel in a person's preferences. */
export const ownMethod = (receiverId: string): string => `receiver:${receiverId}`;

/** Six digits of random bytes. */
export const toCode = (bytes: Uint8Array): string =>
  String(((bytes[0]! << 16) | (bytes[1]! << 8) | bytes[2]!) % 1_000_000).padStart(6, "0");

interface Sent {
  codeHash: string | null;
  codeSentAt: number | null;
  codeTries: number;
}

/** Why a code can't be checked; undefined if it can. */
export function codeProblem({ codeHash, codeSentAt, codeTries }: Sent, now: number): string | undefined {
  if (codeHash === null || codeSentAt === null || now >= codeSentAt + codeLifeMs) return "has expired";
  return codeTries >= maxTries ? "was entered wrong too often" : undefined;
}
