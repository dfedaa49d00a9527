// Rate limits of sign-in routes: counted in the route's first batch, before any password is hashed.
import { createHmac } from "node:crypto";
import type { SQL, Statement } from "../../db/client.ts";
import type { Deps } from "../kernel/deps.ts";
import { ApiError } from "../kernel/errors.ts";
import { placeOf } from "../kernel/rules/client-address.ts";
import { canonicalEmail } from "./rules/profile.ts";
import { accountFailureLimit, networkLimit, msUntilAllowed, type LimitPolicy } from "./rules/rate-limit.ts";
import { clearLimit, countRequest, findLimits, wasAllowedSql, type CountedRequest } from "./store/limits.ts";

export interface RateLimitCheck {
  statements: Statement[];
  /** True in SQL, within the batch, for who has got them. */
  allowedSql: SQL;
  /** Travels with the route's other reads. */
  read: ReturnType<typeof findLimits>;
  /** Throws 429 for the first limit that has nothing left. */
  require: (rows: ReturnType<typeof findLimits>["_"]["result"]) => void;
}

/** One by the place that the request comes from. */
export const limitByNetwork = (deps: Deps): RateLimitCheck => rateLimitCheck(deps, [networkRequest(deps)]);

/** Where the failures of an account are counted: a known device's and those of who is signed in, each apart. */
export interface FailureCounter {
  email: string;
  /** Everybody else's when left out. */
  source?: { device: string } | "signed in" | undefined;
}

/**
 * That, and one of the failures that an account may have: it is taken before the password is known to be wrong, or
 * many could be tried at once, and given back by `forgetFailures`.
 */
export const limitSignIn = (deps: Deps, lane: FailureCounter): RateLimitCheck =>
  rateLimitCheck(deps, [networkRequest(deps), failureRequest(deps, lane)]);

/** One of the failures alone, for who is signed in already. */
export const limitOldPassword = (deps: Deps, email: string): RateLimitCheck =>
  rateLimitCheck(deps, [failureRequest(deps, { email, source: "signed in" })]);

/** Somebody has shown that the account is theirs. */
export const clearFailures = (deps: Deps, lane: FailureCounter, when: SQL): Statement =>
  clearLimit(accountKey(deps, lane), when);

const common = (deps: Deps, policy: LimitPolicy) => ({ id: deps.requestId, policy, now: deps.now() });

const networkRequest = (deps: Deps): CountedRequest => ({
  ...common(deps, networkLimit),
  key: keyOf(deps, networkLimit, placeOf(deps.clientAddress)),
});

const failureRequest = (deps: Deps, lane: FailureCounter): CountedRequest => ({
  ...common(deps, accountFailureLimit),
  key: accountKey(deps, lane),
});

function accountKey(deps: Deps, { email, source: apart }: FailureCounter): string {
  const subject = canonicalEmail(email);
  if (apart === undefined) return keyOf(deps, accountFailureLimit, subject);
  const part = apart === "signed in" ? apart : `device ${apart.device}`;
  return keyOf(deps, accountFailureLimit, `${subject}\n${part}`);
}

function keyOf({ keysFor }: Deps, { name }: LimitPolicy, subject: string): string {
  const [key] = keysFor("rate limits");
  return createHmac("sha256", key).update(`${name}\n${subject}`).digest("base64url");
}

function rateLimitCheck(deps: Deps, turns: CountedRequest[]): RateLimitCheck {
  return {
    statements: turns.map((turn, at) =>
      countRequest(turn, at === 0 ? undefined : wasAllowedSql(turns[at - 1]!)),
    ),
    allowedSql: wasAllowedSql(turns.at(-1)!),
    read: findLimits(turns.map(({ key }) => key)),
    require: (rows) => {
      for (const { key, id, policy } of turns) {
        const row = rows.find((one) => one.key === key);
        if (row?.admittedBy === id) continue;
        throw tooMany(policy, row === undefined ? 0 : msUntilAllowed(row, policy, deps.now()));
      }
    },
  };
}

/** Fields of draft-ietf-httpapi-ratelimit-headers-10. `wait` in milliseconds. */
function tooMany(policy: LimitPolicy, wait: number): ApiError {
  const seconds = Math.max(1, Math.ceil(wait / 1_000));
  const headers = {
    "retry-after": String(seconds),
    "ratelimit-policy": `"${policy.name}";q=${policy.maxRequests};w=${policy.windowMs / 1_000}`,
    ratelimit: `"${policy.name}";r=0;t=${seconds}`,
  };
  const isOfAccount = policy === accountFailureLimit;
  return new ApiError(
    429,
    isOfAccount
      ? "There were too many failed sign-ins for this address."
      : "There were too many requests about signing in from where you are.",
    {
      detail: `Try again in ${formatWait(seconds)}${isOfAccount ? ", or reset the password: that is always open" : ""}.`,
      headers,
    },
  );
}

const formatWait = (seconds: number) =>
  seconds < 90 ? `${seconds} second${seconds === 1 ? "" : "s"}` : `${Math.ceil(seconds / 60)} minutes`;
