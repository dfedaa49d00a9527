// Validation of usernames, email addresses and passwords, and the errors for values that are taken. The list of common
// passwords is a file of public/, so no bundle contains it.
import { isTaken } from "../../db/client.ts";
import type { Deps } from "../kernel/deps.ts";
import { ApiError, invalid, invalidFields, type Validation } from "../kernel/errors.ts";
import { type PasswordOwner, validatePasswordRules, type PasswordVerdict } from "./rules/password.ts";
import { problemWithEmail, problemWithName, problemWithUsername } from "./rules/profile.ts";
import { limitByNetwork } from "./sign-in-limits.ts";

export interface UserFields {
  email?: string;
  username?: string;
  name?: string;
  password?: string;
}

/** Throws one 400 with all invalid fields. */
export async function requireValidFields(deps: Pick<Deps, "assets">, fields: UserFields): Promise<void> {
  const { email, username, name, password } = fields;
  const verdict = password === undefined ? undefined : await validatePassword(deps, password, fields);
  const problems: [field: string, problem: string | undefined][] = [
    ["email", email === undefined ? undefined : problemWithEmail(email)],
    ["username", username === undefined ? undefined : problemWithUsername(username)],
    ["name", name === undefined ? undefined : problemWithName(name)],
    ["password", verdict?.details || undefined],
  ];
  const validations = problems.flatMap(([field, detail]): Validation[] =>
    detail === undefined ? [] : [{ field, detail }],
  );
  if (validations.length > 0) throw invalidFields(validations);
}

export async function requireValidPassword(
  deps: Pick<Deps, "assets">,
  password: string,
  owner: PasswordOwner,
): Promise<void> {
  const { valid, details } = await validatePassword(deps, password, owner);
  if (!valid) throw invalid("password", details);
}

/** Runs a write. A taken username or email address becomes a 409 that names the field. */
export async function withTakenErrors<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isTaken(error, "users_username")) throw takenError("username", "This username is already in use.");
    if (isTaken(error, "users_email") || isTaken(error, "users.email_canonical"))
      throw takenError("email", "This email address is already in use.");
    throw error;
  }
}

export const takenError = (field: string, message: string) =>
  new ApiError(409, message, { validations: [{ field, detail: "already in use" }] });

const file = "common-passwords.txt";

export async function validatePassword(
  { assets }: Pick<Deps, "assets">,
  password: string,
  owner: PasswordOwner = {},
): Promise<PasswordVerdict> {
  const list = await assets(file);
  if (list === null) throw new Error(`public/${file} is missing`);
  return validatePasswordRules(password, owner, await list.text());
}

/** Throws 429. */
export async function validatePasswordForCaller(
  deps: Deps,
  password: string,
  owner: PasswordOwner,
): Promise<PasswordVerdict> {
  const limit = limitByNetwork(deps);
  const { limits } = await deps.db.write(limit.statements, { limits: limit.read });
  limit.require(limits);
  return validatePassword(deps, password, owner);
}
