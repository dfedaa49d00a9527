// Hashes and verifies passwords with scrypt: its parameters are stored with each hash, and few run at a time.
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import type { Deps } from "../kernel/deps.ts";
import { ApiError } from "../kernel/errors.ts";
import { clientNetwork } from "../kernel/rules/client-address.ts";
import type { QueueHolder, QueueReservation } from "../kernel/rules/limits.ts";
import { normalizePassword } from "./rules/password.ts";

interface Cost {
  N: number;
  r: number;
  p: number;
}

const hashBytes = 32;
const saltBytes = 16;
/** More than N and r need: 128 · N · r bytes. */
const maxMemoryBytes = 64 * 1_048_576;

const costOf = (deps: Deps): Cost => ({ N: deps.process.passwordCost ?? 2 ** 14, r: 8, p: 5 });

/** Users who are not signed in, by their network. */
const anonymousHolder = (deps: Deps): QueueHolder => ({
  lane: "sign-in",
  holder: clientNetwork(deps.clientAddress),
});

/** Holds a place in the queue while `work` runs: none of its hashes is refused. Throws 503 before any of it. */
export async function withHashSlot<T>(
  deps: Deps,
  userId: string | undefined,
  work: (place: QueueReservation) => Promise<T>,
): Promise<T> {
  const by = userId === undefined ? anonymousHolder(deps) : ({ lane: "account", holder: userId } as const);
  const place = deps.process.hashing.reserve(by);
  if (place === undefined) throw tooBusy();
  try {
    return await work(place);
  } finally {
    place.release();
  }
}

const tooBusy = () =>
  new ApiError(503, "Too many password checks at the moment.", {
    detail: "Nothing was changed. Try again in a few seconds.",
    headers: { "retry-after": "5" },
  });

/** `scrypt$N$r$p$salt$hash`, the last two in base64. Throws 503 where there is no `place` yet, and none is left. */
export async function hashPassword(deps: Deps, password: string, place?: QueueReservation): Promise<string> {
  const { N, r, p } = costOf(deps);
  const salt = randomBytes(saltBytes);
  const hash = await derive(deps, { password, salt, cost: { N, r, p } }, place);
  return ["scrypt", N, r, p, salt.toString("base64"), hash.toString("base64")].join("$");
}

export interface PasswordVerification {
  matches: boolean;
  /** The hash has other parameters than the current ones. */
  outdated: boolean;
}

/** Without a stored hash the same work is done, so timing doesn't reveal whether a user exists. */
export async function verifyPassword(
  deps: Deps,
  password: string,
  stored: string | null,
  place?: QueueReservation,
): Promise<PasswordVerification> {
  const current = costOf(deps);
  const parsed = parseStored(stored ?? "");
  const { cost, salt, hash } = parsed ?? {
    cost: current,
    salt: Buffer.alloc(saltBytes),
    hash: Buffer.alloc(hashBytes),
  };
  const derived = await derive(deps, { password, salt, cost }, place);
  return {
    matches: timingSafeEqual(derived, hash) && parsed !== undefined,
    outdated: cost.N !== current.N || cost.r !== current.r || cost.p !== current.p,
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

interface Derivation {
  password: string;
  salt: Buffer;
  cost: Cost;
}

function derive(deps: Deps, derivation: Derivation, place?: QueueReservation): Promise<Buffer> {
  const { password, salt, cost } = derivation;
  if (place === undefined) return withHashSlot(deps, undefined, (own) => derive(deps, derivation, own));
  return place.run(
    () =>
      new Promise((resolve, reject) => {
        scrypt(
          normalizePassword(password),
          salt,
          hashBytes,
          { ...cost, maxmem: maxMemoryBytes },
          // Bun passes undefined where there is no error.
          (error, derived) => (error ? reject(error) : resolve(derived)),
        );
      }),
  );
}
