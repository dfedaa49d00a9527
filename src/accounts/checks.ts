// What every verb that takes a username, an address or a password checks, and the words for a taken one.
import { isTaken } from "../../db/client.ts";
import type { Deps } from "../kernel/deps.ts";
import { ApiError, invalid, type Validation } from "../kernel/errors.ts";
import { assessPassword } from "./common-passwords.ts";
import type { PasswordOwner } from "./rules/password.ts";
import { problemWithEmail, problemWithName, problemWithUsername } from "./rules/profile.ts";

export interface UserFields {
  email?: string;
  username?: string;
  name?: string;
  password?: string;
}

/** One 400 that names each field that is wrong. */
export async function requireGoodFields(deps: Pick<Deps, "assets">, fields: UserFields): Promise<void> {
  const { email, username, name, password } = fields;
  const verdict = password === undefined ? undefined : await assessPassword(deps, password, fields);
  const problems: [field: string, problem: string | undefined][] = [
    ["email", email === undefined ? undefined : problemWithEmail(email)],
    ["username", username === undefined ? undefined : problemWithUsername(username)],
    ["name", name === undefined ? undefined : problemWithName(name)],
    ["password", verdict?.details || undefined],
  ];
  const validations = problems.flatMap(([field, detail]): Validation[] =>
    detail === undefined ? [] : [{ field, detail }],
  );
  if (validations.length === 0) return;
  const [first] = validations;
  throw new ApiError(
    400,
    validations.length === 1 ? `${first!.field}: ${first!.detail}` : "Some of these can't be used.",
    { validations },
  );
}

export async function requireGoodPassword(
  deps: Pick<Deps, "assets">,
  password: string,
  owner: PasswordOwner,
): Promise<void> {
  const { valid, details } = await assessPassword(deps, password, owner);
  if (!valid) throw invalid("password", details);
}

/** Runs a write; a username or address that somebody else has becomes a 409 that names the field. */
export async function refuseTaken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isTaken(error, "users_username")) throw taken("username", "This username is taken.");
    if (isTaken(error, "users_email") || isTaken(error, "users.email_canonical"))
      throw taken("email", "Somebody has this email address already.");
    throw error;
  }
}

export const taken = (field: string, message: string) =>
  new ApiError(409, message, { validations: [{ field, detail: "is taken" }] });
