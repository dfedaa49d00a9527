// A request with an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header) that comes again is answered by what the
// first one has made.
import type { KeyedRequest, StoredKey } from "../../db/idempotency.ts";
import { ApiError } from "./errors.ts";

/** What an earlier request with this key has made; undefined when there was none. Throws 422 if that asked for another thing. */
export function earlierOf(
  request: KeyedRequest | undefined,
  stored: StoredKey | undefined,
): StoredKey | undefined {
  if (request === undefined || stored === undefined) return undefined;
  if (stored.fingerprint === request.fingerprint) return stored;
  throw new ApiError(422, "Idempotency-Key: was used for another request, choose a new one", {
    detail: "Nothing was done. The same key stands for the same method, path, query and body for 24 hours.",
    validations: [{ field: "Idempotency-Key", detail: "was used for another request" }],
  });
}
