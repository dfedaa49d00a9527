// The header Idempotency-Key, on routes that declare themselves `repeatable`: the earlier request that it names, and the
// header of a replayed response.
import { createHash } from "node:crypto";
import { findIdempotencyKey, type KeyedRequest } from "../../db/idempotency.ts";
import { invalid } from "../kernel/errors.ts";
import { canonicalJson } from "../kernel/rules/json.ts";
import { currentUserIdSql, type Ctx } from "./endpoint.ts";
import { parseIdempotencyKey } from "./rules/headers.ts";

/** A request's key and the hash of what it asks for; the user is known once their own key was looked at. */
export type RequestKey = Omit<KeyedRequest, "userId">;

/** Undefined without the header; throws 400 for a bad one. `body` as it was understood. */
export function parseRequestKey(c: Ctx, body: unknown): RequestKey | undefined {
  const header = c.req.header("idempotency-key");
  if (header === undefined) return undefined;
  const key = parseIdempotencyKey(header);
  if (key === undefined)
    throw invalid("Idempotency-Key", "must have 1 to 255 visible ASCII characters, such as a UUID");
  const { pathname, search } = new URL(c.req.url);
  const asked = canonicalJson([c.req.method, pathname, search, body]);
  return { key, fingerprint: createHash("sha256").update(asked).digest("hex") };
}

/** Reads what the key stands for, together with the rest that a handler reads; nothing without a key. */
export const earlierRead = (
  c: Ctx,
  requestKey: RequestKey | undefined,
): { earlier?: ReturnType<typeof findIdempotencyKey> } =>
  requestKey === undefined
    ? {}
    : { earlier: findIdempotencyKey(currentUserIdSql(c), requestKey.key, c.get("deps").now()) };

export const keyedBy = (userId: string, requestKey: RequestKey | undefined): KeyedRequest | undefined =>
  requestKey && { userId, ...requestKey };

export function markReplayed(c: Ctx): void {
  c.header("idempotency-replayed", "true");
}
