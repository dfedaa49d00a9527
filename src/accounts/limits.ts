// Rate limits of sign-in routes: counted in the route's first batch, before any password is hashed.
import { createHmac } from "node:crypto";
import type { SQL, Statement } from "../../db/client.ts";
import type { Deps } from "../kernel/deps.ts";
import { ApiError } from "../kernel/errors.ts";
import { placeOf } from "../kernel/rules/client-address.ts";
import { canonicalEmail } from "./rules/profile.ts";
import { failuresOfAccount, signInsOfPlace, timeToNext, type LimitPolicy } from "./rules/rate-limit.ts";
import { clearLimit, countTurn, findLimits, hadTurn, type Turn } from "./store/limits.ts";

export interface Turns {
  statements: Statement[];
  /** True in SQL, within the batch, for who has got them. */
  admitted: SQL;
  /** Travels with the route's other reads. */
  read: ReturnType<typeof findLimits>;
  /** Throws 429 for the first limit that has nothing left. */
  require: (rows: ReturnType<typeof findLimits>["_"]["result"]) => void;
}

/** One by the place that the request comes from. */
export const turnOfPlace = (deps: Deps): Turns => turnsOf(deps, [place(deps)]);

/** Where the failures of an account are counted: a known device's and those of who is signed in, each apart. */
export interface FailureLane {
  email: string;
  /** Everybody else's when left out. */
  apart?: { device: string } | "signed in" | undefined;
}

/**
 * That, and one of the failures that an account may have: it is taken before the password is known to be wrong, or
 * many could be tried at once, and given back by `forgetFailures`.
 */
export const turnsOfSignIn = (deps: Deps, lane: FailureLane): Turns =>
  turnsOf(deps, [place(deps), failure(deps, lane)]);

/** One of the failures alone, for who is signed in already. */
export const turnOfOldPassword = (deps: Deps, email: string): Turns =>
  turnsOf(deps, [failure(deps, { email, apart: "signed in" })]);

/** Somebody has shown that the account is theirs. */
export const forgetFailures = (deps: Deps, lane: FailureLane, when: SQL): Statement =>
  clearLimit(accountKey(deps, lane), when);

const common = (deps: Deps, policy: LimitPolicy) => ({ id: deps.requestId, policy, now: deps.now() });

const place = (deps: Deps): Turn => ({
  ...common(deps, signInsOfPlace),
  key: keyOf(deps, signInsOfPlace, placeOf(deps.clientAddress)),
});

const failure = (deps: Deps, lane: FailureLane): Turn => ({
  ...common(deps, failuresOfAccount),
  key: accountKey(deps, lane),
});

function accountKey(deps: Deps, { email, apart }: FailureLane): string {
  const subject = canonicalEmail(email);
  if (apart === undefined) return keyOf(deps, failuresOfAccount, subject);
  const part = apart === "signed in" ? apart : `device ${apart.device}`;
  return keyOf(deps, failuresOfAccount, `${subject}\n${part}`);
}

function keyOf({ keysFor }: Deps, { name }: LimitPolicy, subject: string): string {
  const [key] = keysFor("rate limits");
  return createHmac("sha256", key).update(`${name}\n${subject}`).digest("base64url");
}

function turnsOf(deps: Deps, turns: Turn[]): Turns {
  return {
    statements: turns.map((turn, at) => countTurn(turn, at === 0 ? undefined : hadTurn(turns[at - 1]!))),
    admitted: hadTurn(turns.at(-1)!),
    read: findLimits(turns.map(({ key }) => key)),
    require: (rows) => {
      for (const { key, id, policy } of turns) {
        const row = rows.find((one) => one.key === key);
        if (row?.admittedBy === id) continue;
        throw tooMany(policy, row === undefined ? 0 : timeToNext(row, policy, deps.now()));
      }
    },
  };
}

/** Fields of draft-ietf-httpapi-ratelimit-headers-10. `wait` in milliseconds. */
function tooMany(policy: LimitPolicy, wait: number): ApiError {
  const seconds = Math.max(1, Math.ceil(wait / 1_000));
  const headers = {
    "retry-after": String(seconds),
    "ratelimit-policy": `"${policy.name}";q=${policy.most};w=${policy.window / 1_000}`,
    ratelimit: `"${policy.name}";r=0;t=${seconds}`,
  };
  const isOfAccount = policy === failuresOfAccount;
  return new ApiError(
    429,
    isOfAccount
      ? "There were too many failed sign-ins for this address."
      : "There were too many requests about signing in from where you are.",
    {
      detail: `Try again in ${inWords(seconds)}${isOfAccount ? ", or reset the password: that is always open" : ""}.`,
      headers,
    },
  );
}

const inWords = (seconds: number) =>
  seconds < 90 ? `${seconds} second${seconds === 1 ? "" : "s"}` : `${Math.ceil(seconds / 60)} minutes`;
