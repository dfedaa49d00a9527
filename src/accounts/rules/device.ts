// A mark that says: in this browser somebody has signed in to this account before (OWASP, device cookies). It lets nobody
// in; failed sign-ins that come with it are counted apart from a stranger's.
import { createHmac, timingSafeEqual } from "node:crypto";
import { canonicalEmail } from "./email.ts";

/** The label of the server's key. */
export const devicePurpose = "known devices";

const shape = /^([A-Za-z0-9_-]{10,64})\.([A-Za-z0-9_-]{43})$/;

const proofOf = (key: Uint8Array, email: string, id: string): Buffer =>
  createHmac("sha256", key)
    .update(`${id}\n${canonicalEmail(email)}`)
    .digest();

export const deviceMark = (key: Uint8Array, email: string, id: string): string =>
  `${id}.${proofOf(key, email, id).toString("base64url")}`;

/** The id in a mark that one of these keys made for this address. */
export function deviceIdOf(
  mark: string | undefined,
  email: string,
  keys: readonly Uint8Array[],
): string | undefined {
  const [, id, proof] = shape.exec(mark ?? "") ?? [];
  if (id === undefined) return undefined;
  const given = Buffer.from(proof!, "base64url");
  return keys.some((key) => timingSafeEqual(proofOf(key, email, id), given)) ? id : undefined;
}
