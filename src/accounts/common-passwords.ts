// Whether a password is good enough, the list of common ones included. Verbs that take a password ask; the list is a file
// of public/, so that it is in nobody's bundle.
import type { Deps } from "../kernel/deps.ts";
import { judgePassword, type PasswordOwner, type PasswordVerdict } from "./rules/password.ts";

const file = "common-passwords.txt";

export async function assessPassword(
  { assets }: Pick<Deps, "assets">,
  password: string,
  owner: PasswordOwner = {},
): Promise<PasswordVerdict> {
  const list = await assets(file);
  if (list === null) throw new Error(`public/${file} is missing`);
  return judgePassword(password, owner, await list.text());
}
