// Requires a session cookie for a page; otherwise redirects to sign-in. Every page but setup, sign-in and docs uses it.
import type { MiddlewareHandler } from "hono";
import { isForgedKey } from "../accounts/keys.ts";
import { parseCredential, keyPurposes } from "../accounts/rules/api-key.ts";
import { setSessionCookie, readSessionCookie, requireOwnOrigin } from "../http/credentials.ts";
import type { Ctx, Env } from "../http/endpoint.ts";
import { ApiError } from "../kernel/errors.ts";

const declaration = {
  summary: "A page",
  access: "session" as const,
  answers: {},
  errors: [],
  countsUnread: true,
};

/** Rejects forms submitted from other sites. */
export const ownForm: MiddlewareHandler<Env> = async (c, next) => {
  requireOwnOrigin(c);
  await next();
};

/** Without a valid session, redirects to sign-in and back afterwards. */
export const signedIn: MiddlewareHandler<Env> = async (c, next) => {
  if (c.req.method === "POST") requireOwnOrigin(c);
  if (!loadCredential(c)) return toSignIn(c);
  await next();
  if (c.error instanceof ApiError && c.error.status === 401) {
    c.res = undefined;
    c.res = toSignIn(c);
  } else if (c.error === undefined) renewCookie(c);
};

/** A session that is used lasts its whole lifetime again, and so does its cookie. */
function renewCookie(c: Ctx): void {
  const { now, config } = c.get("deps");
  setSessionCookie(c, readSessionCookie(c)!, now() + config.sessionDuration);
}

/** Whether the request has a cookie that may be a session's: only then may `readAsUser` be asked. */
export function loadCredential(c: Ctx): boolean {
  const deps = c.get("deps");
  const credential = parseCredential(readSessionCookie(c) ?? "", deps.keysFor(keyPurposes.api));
  if (credential === undefined || isForgedKey(deps, credential, "api")) return false;
  c.set("endpoint", declaration);
  c.set("credential", credential);
  return true;
}

function toSignIn(c: Ctx): Response {
  const { pathname, search } = new URL(c.req.url);
  const next = c.req.method === "GET" ? `?next=${encodeURIComponent(pathname + search)}` : "";
  return new Response(null, { status: 303, headers: { location: `/login${next}` } });
}
