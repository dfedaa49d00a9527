// Hashes passwords and checks them: scrypt, its parameters kept with each hash, few at a time.
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import type { Deps } from "../deps.ts";
import { normalisePassword } from "./rules/password.ts";

interface Cost {
  N: number;
  r: number;
  p: number;
}

const hashBytes = 32;
const saltBytes = 16;
/** More than N and r need: 128 · N · r bytes. */
const memory = 64 * 1_048_576;

const costOf = (deps: Deps): Cost => ({ N: deps.process.passwordCost ?? 2 ** 14, r: 8, p: 5 });

/** `scrypt$N$r$p$salt$hash`, the last two in base64. */
export async function hashPassword(deps: Deps, password: string): Promise<string> {
  const { N, r, p } = costOf(deps);
  const salt = randomBytes(saltBytes);
  const hash = await derive(deps, password, salt, { N, r, p });
  return ["scrypt", N, r, p, salt.toString("base64"), hash.toString("base64")].join("$");
}

export interface PasswordCheck {
  matches: boolean;
  /** The hash was made with other parameters than today's. */
  outdated: boolean;
}

/** With nothing stored the same work is done in vain, so that time doesn't tell who exists. */
export async function checkPassword(
  deps: Deps,
  password: string,
  stored: string | null,
): Promise<PasswordCheck> {
  const today = costOf(deps);
  const parsed = parseStored(stored ?? "");
  const { cost, salt, hash } = parsed ?? {
    cost: today,
    salt: Buffer.alloc(saltBytes),
    hash: Buffer.alloc(hashBytes),
  };
  const derived = await derive(deps, password, salt, cost);
  return {
    matches: timingSafeEqual(derived, hash) && parsed !== undefined,
    outdated: cost.N !== today.N || cost.r !== today.r || cost.p !== today.p,
  };
}

function parseStored(stored: string) {
  const match = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w+/=]+)\$([\w+/=]+)$/.exec(stored);
  if (match === null) return undefined;
  const hash = Buffer.from(match[5]!, "base64");
  if (hash.length !== hashBytes) return undefined;
  return {
    cost: { N: Number(match[1]), r: Number(match[2]), p: Number(match[3]) },
    salt: Buffer.from(match[4]!, "base64"),
    hash,
  };
}

function derive(deps: Deps, password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  return deps.process.hashLimit(
    () =>
      new Promise((resolve, reject) => {
        scrypt(normalisePassword(password), salt, hashBytes, { ...cost, maxmem: memory }, (error, derived) =>
          error === null ? resolve(derived) : reject(error),
        );
      }),
  );
}
