// Unsubscribe links. Their token identifies a user and a kind of notification: it can't be forged, needs no session and
// never expires, since a mail can be read years later.
import { createHmac, timingSafeEqual } from "node:crypto";
import { hmacKey } from "../../kernel/rules/hmac-key.ts";
import type { Deps } from "../../kernel/deps.ts";

export const unsubscribeUrl = (deps: Pick<Deps, "keysFor" | "config">, subscription: Subscription): string =>
  `${deps.config.accessUrl}/unsubscribe?token=${createUnsubscribeToken(deps, subscription)}`;

export interface Subscription {
  userId: string;
  templateId: string;
}

const purpose = "unsubscribe";
const idBytes = 16;
const macBytes = 16;

/** URL-safe text: the two ids and a MAC. */
export function createUnsubscribeToken(
  deps: Pick<Deps, "keysFor">,
  { userId, templateId }: Subscription,
): string {
  const ids = Buffer.concat([toBytes(userId), toBytes(templateId)]);
  return Buffer.concat([ids, macOf(deps.keysFor(purpose)[0], ids)]).toString("base64url");
}

/** Undefined for a token that this deployment did not create. */
export function readUnsubscribeToken(deps: Pick<Deps, "keysFor">, token: string): Subscription | undefined {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length !== 2 * idBytes + macBytes) return undefined;
  const ids = bytes.subarray(0, 2 * idBytes);
  const given = bytes.subarray(2 * idBytes);
  if (!deps.keysFor(purpose).some((key) => timingSafeEqual(macOf(key, ids), given))) return undefined;
  return { userId: toUuid(ids.subarray(0, idBytes)), templateId: toUuid(ids.subarray(idBytes)) };
}

const macOf = (key: Uint8Array, ids: Buffer) =>
  createHmac("sha256", hmacKey(key)).update(ids).digest().subarray(0, macBytes);

const toBytes = (uuid: string) => Buffer.from(uuid.replaceAll("-", ""), "hex");
const toUuid = (bytes: Buffer) =>
  bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
