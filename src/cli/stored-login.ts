// Where the sign-in is kept between commands: one file that only its owner can read.
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export interface Session {
  token: string;
  /** A token of the user's own is forgotten at sign-out, not revoked. */
  kind: "session" | "token";
}

export interface StoredLogin {
  url: string;
  /** Gone after a sign-out, when only the address is kept. */
  session?: Session | undefined;
}

export function configFolder(environment: Record<string, string | undefined>): string {
  const { BELFRY_CONFIG_DIR: own, XDG_CONFIG_HOME: shared } = environment;
  if (own !== undefined && own !== "") return own;
  return join(shared !== undefined && shared !== "" ? shared : join(home(), ".config"), "belfry");
}

/** A container's user need not have one: then nothing is stored, and storing says where it could not. */
function home(): string {
  try {
    return homedir();
  } catch {
    return "/";
  }
}

const fileOf = (folder: string) => join(folder, "login.json");

/** Undefined when nobody has ever signed in, and when the file is damaged. */
export function readLogin(folder: string): StoredLogin | undefined {
  try {
    const { url, session } = JSON.parse(readFileSync(fileOf(folder), "utf8")) as Partial<StoredLogin>;
    if (typeof url !== "string") return undefined;
    return typeof session?.token === "string" ? { url, session } : { url };
  } catch {
    return undefined;
  }
}

/** All or nothing: the file is replaced as a whole. */
export function writeLogin(folder: string, login: StoredLogin): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const partial = `${fileOf(folder)}.${process.pid}`;
  writeFileSync(partial, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600 });
  renameSync(partial, fileOf(folder));
}
