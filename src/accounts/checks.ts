// What every verb that takes a username, an address or a password checks, and the words for a taken one.
import { isTaken } from "../../db/client.ts";
import { ApiError, invalid, type Validation } from "../errors.ts";
import { judgePassword, type PasswordOwner } from "./rules/password.ts";
import { problemWithEmail, problemWithName, problemWithUsername } from "./rules/profile.ts";

export interface UserFields {
  email?: string;
  username?: string;
  name?: string;
  password?: string;
}

/** One 400 that names each field that is wrong. */
export function refuseBadFields(fields: UserFields): void {
  const { email, username, name, password } = fields;
  const problems: [field: string, problem: string | undefined][] = [
    ["email", email === undefined ? undefined : problemWithEmail(email)],
    ["username", username === undefined ? undefined : problemWithUsername(username)],
    ["name", name === undefined ? undefined : problemWithName(name)],
    ["password", password === undefined ? undefined : judgePassword(password, fields).details || undefined],
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

export function refuseBadPassword(password: string, owner: PasswordOwner): void {
  const { valid, details } = judgePassword(password, owner);
  if (!valid) throw invalid("password", details);
}

/** Runs a write; a username or address that somebody else has becomes a 409 that names the field. */
export async function refuseTaken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isTaken(error, "users_username")) throw taken("username", "This username is taken.");
    if (isTaken(error, "users_email")) throw taken("email", "Somebody has this email address already.");
    throw error;
  }
}

export const taken = (field: string, message: string) =>
  new ApiError(409, message, { validations: [{ field, detail: "is taken" }] });
