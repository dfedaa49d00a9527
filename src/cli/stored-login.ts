// The sign-in that is stored between commands: one file that only its owner can read, replaced as a whole.
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export interface Session {
  token: string;
  /** A session is revoked at sign-out; a token is only removed from the file. */
  kind: "session" | "token";
}

export interface StoredLogin {
  url: string;
  /** Undefined after a sign-out: the address is kept. */
  session?: Session | undefined;
}

export function configFolder(environment: Record<string, string | undefined>): string {
  const { BELFRY_CONFIG_DIR: chosen, XDG_CONFIG_HOME: shared } = environment;
  if (chosen !== undefined && chosen !== "") return chosen;
  return join(shared !== undefined && shared !== "" ? shared : join(home(environment), ".config"), "belfry");
}

/** A container's user can have no home folder: then nothing is stored, and a write fails with the path. */
function home({ HOME: chosen }: Record<string, string | undefined>): string {
  if (chosen !== undefined && chosen !== "") return chosen;
  try {
    return homedir();
  } catch {
    return "/";
  }
}

const fileOf = (folder: string) => join(folder, "login.json");

/** Undefined before the first sign-in, and if the file is damaged. */
export function readLogin(folder: string): StoredLogin | undefined {
  try {
    const { url, session } = JSON.parse(readFileSync(fileOf(folder), "utf8")) as Partial<StoredLogin>;
    if (typeof url !== "string") return undefined;
    return typeof session?.token === "string" ? { url, session } : { url };
  } catch {
    return undefined;
  }
}

export function writeLogin(folder: string, login: StoredLogin): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const partial = `${fileOf(folder)}.${randomUUID()}`;
  writeFileSync(partial, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 });
  renameSync(partial, fileOf(folder));
}
