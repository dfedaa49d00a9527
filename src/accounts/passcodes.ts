// What a passcode is made of, and under which names it is stored: the verbs that mail and take one share it.
import { createHmac } from "node:crypto";
import type { Deps } from "../kernel/deps.ts";
import { digitsOf } from "./rules/passcode.ts";

type Keys = Pick<Deps, "keysFor">;

/** With the key in force, then with the one before: the first is what a new one has. */
export const digitsFor = ({ keysFor }: Keys, userId: string, counter: number): string[] =>
  keysFor(`one-time passcode of ${userId}`).map((secret) => digitsOf(secret, counter));

/** What stands in the database for the letters of a passcode, likewise. */
export const storedSelectors = ({ keysFor }: Keys, selector: string): string[] =>
  keysFor("passcode selectors").map((key) => createHmac("sha256", key).update(selector).digest("base64url"));
