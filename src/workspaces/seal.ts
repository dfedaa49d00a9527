// Sealing what Terraform remembers: AES-GCM under the deployment's key, bound to the workspace. The routes of state call it.
import type { Deps } from "../deps.ts";

const purpose = "workspace-state";
const ivLength = 12;

/** The random part in front, 12 bytes. */
export async function seal(
  deps: Deps,
  workspaceId: string,
  plain: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array> {
  const iv = crypto.getRandomValues(new Uint8Array(ivLength));
  const key = await importKey(deps.keysFor(purpose)[0], "encrypt");
  const sealed = await crypto.subtle.encrypt(parameters(iv, workspaceId), key, plain);
  const whole = new Uint8Array(ivLength + sealed.byteLength);
  whole.set(iv);
  whole.set(new Uint8Array(sealed), ivLength);
  return whole;
}

/** Tries the key in force, then the one before. Throws when neither opens it. */
export async function unseal(
  deps: Deps,
  workspaceId: string,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = sealed.slice(0, ivLength);
  for (const bytes of deps.keysFor(purpose)) {
    const key = await importKey(bytes, "decrypt");
    try {
      const rest = sealed.subarray(ivLength);
      return new Uint8Array(await crypto.subtle.decrypt(parameters(iv, workspaceId), key, rest));
    } catch {
      // Sealed with the other key, or damaged: the next one tells.
    }
  }
  throw new Error(`The state of workspace ${workspaceId} can't be opened: the secret key was changed.`);
}

const importKey = (bytes: Uint8Array, use: "encrypt" | "decrypt") =>
  crypto.subtle.importKey("raw", new Uint8Array(bytes), "AES-GCM", false, [use]);

const parameters = (iv: Uint8Array<ArrayBuffer>, workspaceId: string) => ({
  name: "AES-GCM",
  iv,
  additionalData: new TextEncoder().encode(workspaceId),
});
