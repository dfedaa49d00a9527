// Whether a key can be told to be nobody's without a look at the database.
import type { Deps } from "../kernel/deps.ts";
import type { Credential } from "./rules/credential.ts";
import type { keyPurposes } from "./rules/signed-key.ts";

/** One that this server has not made, once there can be none of those. */
export const isMadeUp = (
  { now, process }: Pick<Deps, "now" | "process">,
  credential: Credential,
  purpose: keyof typeof keyPurposes,
): boolean => !credential.isSigned && now() >= process.unsignedUntil.value[purpose];
