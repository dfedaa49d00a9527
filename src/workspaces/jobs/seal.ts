// Sealing what Terraform remembers, bound to the workspace. The routes of state call it.
import type { Deps } from "../../kernel/deps.ts";
import { seal as sealFor, unseal as unsealFor } from "../../kernel/seal.ts";

const purpose = "workspace-state";

export const seal = (deps: Deps, workspaceId: string, plain: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  sealFor(deps, { purpose, bound: workspaceId }, plain);

/** Throws when it can't be opened. */
export async function unseal(
  deps: Deps,
  workspaceId: string,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const plain = await unsealFor(deps, { purpose, bound: workspaceId }, sealed);
  if (plain === undefined)
    throw new Error(`The state of workspace ${workspaceId} can't be opened: the secret key was changed.`);
  return plain;
}
