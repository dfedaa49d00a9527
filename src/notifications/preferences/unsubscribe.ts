// Tokens of unsubscribe links: they name a user and a kind of notification, can't be forged, and need no session.
// They don't expire: a mail may be opened years later.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Deps } from "../../kernel/deps.ts";

export interface Subscription {
  userId: string;
  templateId: string;
}

const purpose = "unsubscribe";
const idBytes = 16;
const macBytes = 16;

/** URL-safe text: the two ids and a MAC over them. */
export function makeUnsubscribeToken(
  deps: Pick<Deps, "keysFor">,
  { userId, templateId }: Subscription,
): string {
  const ids = Buffer.concat([toBytes(userId), toBytes(templateId)]);
  return Buffer.concat([ids, macOf(deps.keysFor(purpose)[0], ids)]).toString("base64url");
}

/** Undefined for anything that this deployment did not make. */
export function readUnsubscribeToken(deps: Pick<Deps, "keysFor">, token: string): Subscription | undefined {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length !== 2 * idBytes + macBytes) return undefined;
  const ids = bytes.subarray(0, 2 * idBytes);
  const given = bytes.subarray(2 * idBytes);
  if (!deps.keysFor(purpose).some((key) => timingSafeEqual(macOf(key, ids), given))) return undefined;
  return { userId: toUuid(ids.subarray(0, idBytes)), templateId: toUuid(ids.subarray(idBytes)) };
}

const macOf = (key: Uint8Array, ids: Buffer) =>
  createHmac("sha256", key).update(ids).digest().subarray(0, macBytes);
const toBytes = (uuid: string) => Buffer.from(uuid.replaceAll("-", ""), "hex");
const toUuid = (bytes: Buffer) =>
  bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
