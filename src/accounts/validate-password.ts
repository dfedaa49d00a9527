// Judging a password for whoever asks, before they have an account. The API calls it.
import type { Deps } from "../kernel/deps.ts";
import { assessPassword } from "./common-passwords.ts";
import { turnOfPlace } from "./limits.ts";
import type { PasswordOwner, PasswordVerdict } from "./rules/password.ts";

/** Throws 429. */
export async function validatePassword(
  deps: Deps,
  password: string,
  owner: PasswordOwner,
): Promise<PasswordVerdict> {
  const turn = turnOfPlace(deps);
  const { limits } = await deps.db.write(turn.statements, { limits: turn.read });
  turn.require(limits);
  return assessPassword(deps, password, owner);
}
