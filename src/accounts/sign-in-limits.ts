// Rate limits of sign-in routes: counted in the route's first batch, before any password is hashed.
import { createHmac } from "node:crypto";
import type { SQL, Statement } from "../../db/client.ts";
import type { Deps } from "../kernel/deps.ts";
import { ApiError } from "../kernel/errors.ts";
import { clientNetwork } from "../kernel/rules/client-address.ts";
import { canonicalEmail } from "./rules/profile.ts";
import {
  accountFailureLimit,
  networkLimit,
  msUntilAllowed,
  type LimitPolicy,
} from "./rules/sign-in-limits.ts";
import {
  clearLimit,
  countRequest,
  findLimits,
  wasAllowedSql,
  type CountedRequest,
} from "./store/sign-in-limits.ts";

export interface RateLimitCheck {
  statements: Statement[];
  /** True within the batch if all limits allowed the request. */
  allowedSql: SQL;
  /** Read together with the route's other reads. */
  read: ReturnType<typeof findLimits>;
  /** Throws 429 for the first limit that was reached. */
  require: (rows: ReturnType<typeof findLimits>["_"]["result"]) => void;
}

/** Limits requests from the client's network. */
export const limitByNetwork = (deps: Deps): RateLimitCheck => rateLimitCheck(deps, [networkRequest(deps)]);

/** Failures of an account are counted by source: a known device, signed-in users, and everybody else (undefined). */
export interface FailureCounter {
  email: string;
  source?: { device: string } | "signed in" | undefined;
}

/**
 * Limits the network and the failures of the account. A failure is counted before the password is verified, or many could be tried
 * at once; `clearFailures` clears them after a success.
 */
export const limitSignIn = (deps: Deps, counter: FailureCounter): RateLimitCheck =>
  rateLimitCheck(deps, [networkRequest(deps), failureRequest(deps, counter)]);

/** Limits failures of a signed-in user. */
export const limitOldPassword = (deps: Deps, email: string): RateLimitCheck =>
  rateLimitCheck(deps, [failureRequest(deps, { email, source: "signed in" })]);

/** After a successful sign-in or password reset. */
export const clearFailures = (deps: Deps, counter: FailureCounter, when: SQL): Statement =>
  clearLimit(accountKey(deps, counter), when);

const common = (deps: Deps, policy: LimitPolicy) => ({ id: deps.requestId, policy, now: deps.now() });

const networkRequest = (deps: Deps): CountedRequest => ({
  ...common(deps, networkLimit),
  key: keyOf(deps, networkLimit, clientNetwork(deps.clientAddress)),
});

const failureRequest = (deps: Deps, counter: FailureCounter): CountedRequest => ({
  ...common(deps, accountFailureLimit),
  key: accountKey(deps, counter),
});

function accountKey(deps: Deps, { email, source }: FailureCounter): string {
  const subject = canonicalEmail(email);
  if (source === undefined) return keyOf(deps, accountFailureLimit, subject);
  const subkey = source === "signed in" ? source : `device ${source.device}`;
  return keyOf(deps, accountFailureLimit, `${subject}\n${subkey}`);
}

function keyOf({ keysFor }: Deps, { name }: LimitPolicy, subject: string): string {
  const [key] = keysFor("rate limits");
  return createHmac("sha256", key).update(`${name}\n${subject}`).digest("base64url");
}

function rateLimitCheck(deps: Deps, requests: CountedRequest[]): RateLimitCheck {
  return {
    statements: requests.map((request, at) =>
      countRequest(request, at === 0 ? undefined : wasAllowedSql(requests[at - 1]!)),
    ),
    allowedSql: wasAllowedSql(requests.at(-1)!),
    read: findLimits(requests.map(({ key }) => key)),
    require: (rows) => {
      for (const { key, id, policy } of requests) {
        const row = rows.find((one) => one.key === key);
        if (row?.admittedBy === id) continue;
        throw tooManyRequests(policy, row === undefined ? 0 : msUntilAllowed(row, policy, deps.now()));
      }
    },
  };
}

/** Fields of draft-ietf-httpapi-ratelimit-headers-10. */
function tooManyRequests(policy: LimitPolicy, waitMs: number): ApiError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  const headers = {
    "retry-after": String(seconds),
    "ratelimit-policy": `"${policy.name}";q=${policy.maxRequests};w=${policy.windowMs / 1_000}`,
    ratelimit: `"${policy.name}";r=0;t=${seconds}`,
  };
  const isOfAccount = policy === accountFailureLimit;
  return new ApiError(
    429,
    isOfAccount
      ? "Too many failed sign-ins for this email address."
      : "Too many sign-in requests from your network.",
    {
      detail: `Try again in ${formatWait(seconds)}${isOfAccount ? ", or reset the password" : ""}.`,
      headers,
    },
  );
}

const formatWait = (seconds: number) =>
  seconds < 90 ? `${seconds} second${seconds === 1 ? "" : "s"}` : `${Math.ceil(seconds / 60)} minutes`;
