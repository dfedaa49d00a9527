// The key or token of a request, checked as far as that is possible without the database, and the session cookie. What a
// browser sends automatically counts only for requests from our own pages.
import { getCookie, deleteCookie, generateCookie, setCookie } from "hono/cookie";
import { isForgedKey } from "../accounts/keys.ts";
import { parseCredential, type Credential, keyPurposes } from "../accounts/rules/api-key.ts";
import { forbidden, unauthorized } from "../kernel/errors.ts";
import { parseAgentToken, type AgentToken } from "../workspaces/agents/rules/agent-token.ts";
import type { Ctx } from "./context.ts";
import { bearerToken, basicPassword, isOwnOrigin } from "./rules/headers.ts";

export const sessionCookie = "coder_session_token";
/** Its name on https: a browser takes it from this very host only (RFC 6265bis, 4.1.3.2). */
export const hostCookie = `__Host-${sessionCookie}`;
/** Coder's clients bring the plain one on https, too. */
export const readSessionCookie = (c: Ctx): string | undefined =>
  getCookie(c, hostCookie) ?? getCookie(c, sessionCookie);

export const isSafe = (method: string) => method === "GET" || method === "HEAD" || method === "OPTIONS";

const headerKeyOf = (c: Ctx): string | undefined =>
  c.req.header("coder-session-token") ?? bearerToken(c.req.header("authorization"));

/** Neither a cookie's nor the address's. */
export const hasHeaderKey = (c: Ctx): boolean => headerKeyOf(c) !== undefined;

/** Coder takes a key in the address as well, for programs that can't set a header. It is never logged. */
const sentKeyOf = (c: Ctx): string | undefined => headerKeyOf(c) ?? (c.req.query(sessionCookie) || undefined);

export const hasAgentToken = (c: Ctx): boolean => parseAgentToken(sentKeyOf(c) ?? "") !== undefined;

/** Only its form is checked here: the verbs of agents check the rest on what they read. */
export function requireAgentToken(c: Ctx): AgentToken {
  const token = parseAgentToken(sentKeyOf(c) ?? "");
  if (token === undefined)
    throw unauthorized("Missing or invalid agent token. Send it in the header Coder-Session-Token.");
  return token;
}

/** What a browser attaches automatically, to requests of any site. */
const ambientKeyOf = (c: Ctx): string | undefined =>
  readSessionCookie(c) ??
  (c.get("endpoint").takesBasic ? basicPassword(c.req.header("authorization")) : undefined);

/** A bearer token may be a provisioner's where those are let in, too. */
const purposesOf = (c: Ctx) =>
  c.get("endpoint").access === "session-or-provisioner"
    ? (["api", "provisioner"] as const)
    : (["api"] as const);

/** A key that was sent on purpose wins over a cookie's; a cookie from a foreign page changes nothing. */
export function requireCredential(c: Ctx): Credential {
  const sent = sentKeyOf(c);
  const text = sent ?? ambientKeyOf(c);
  if (text === undefined || text === "")
    throw unauthorized("You are not signed in. Sign in, or send a token in the header Coder-Session-Token.");
  // A page of any site may open a WebSocket, with the cookie, and read from it.
  if (sent === undefined && (!isSafe(c.req.method) || asksForSocket(c))) requireOwnOrigin(c);
  const deps = c.get("deps");
  const purposes = purposesOf(c);
  const signingKeys = purposes.flatMap((purpose) => [...deps.keysFor(keyPurposes[purpose])]);
  const credential = parseCredential(text, signingKeys);
  if (credential === undefined) throw unauthorized("Invalid session token. Sign in again.");
  if (purposes.every((purpose) => isForgedKey(deps, credential, purpose))) throw unauthorized();
  return credential;
}

export const asksForSocket = (c: Ctx) => c.req.header("upgrade")?.toLowerCase() === "websocket";

const administratorHint = (origin: string | null): string =>
  origin === null || !URL.canParse(origin)
    ? "Administrators: check BELFRY_ACCESS_URL."
    : `Administrators: to use ${origin}, set BELFRY_ACCESS_URL=${origin}.`;

export function requireOwnOrigin(c: Ctx): void {
  const { config } = c.get("deps");
  const facts = {
    secFetchSite: c.req.header("sec-fetch-site") ?? null,
    origin: c.req.header("origin") ?? null,
    requestOrigin: new URL(c.req.url).origin,
    accessUrl: config.accessUrl,
  };
  const accessOrigin = new URL(config.accessUrl).origin;
  if (!isOwnOrigin(facts)) {
    throw forbidden(
      `Request blocked: it came from ${facts.origin ?? "another site"}, but Belfry's address is ${accessOrigin}. ` +
        `Open Belfry at ${accessOrigin}. ${administratorHint(facts.origin)}`,
    );
  }
}

/** hono's own copies a response that there is already, with its body as a stream: a third of the time of a page. */
function addCookie(c: Ctx, cookie: string): void {
  if (c.finalized) c.res.headers.append("set-cookie", cookie);
  else c.header("set-cookie", cookie, { append: true });
}

/**
 * `expiresAt`: epoch milliseconds. `Max-Age` as well, which comes first (RFC 6265, 5.3): it doesn't depend on the browser's clock.
 * `Secure` on https only: over plain http Safari would drop such a cookie.
 */
export function setSessionCookie(c: Ctx, key: string, expiresAt: number): void {
  const maxAge = Math.max(0, Math.floor((expiresAt - c.get("deps").now()) / 1_000));
  const lasting = { ...attributes, expires: new Date(expiresAt), maxAge };
  if (!isHttps(c)) return addCookie(c, generateCookie(sessionCookie, key, lasting));
  addCookie(c, generateCookie(hostCookie, key, { ...lasting, secure: true }));
  if (getCookie(c, sessionCookie) !== undefined) deleteCookie(c, sessionCookie, attributes);
}

const deviceCookie = "belfry_device";
const deviceSeconds = 365 * 86_400;

/** Set at an earlier sign-in in this browser. */
export const readDeviceCookie = (c: Ctx): string | undefined => getCookie(c, deviceName(c));

/** Kept after sign-out: it doesn't authenticate. */
export const setDeviceCookie = (c: Ctx, mark: string): void =>
  setCookie(c, deviceName(c), mark, { ...attributes, secure: isHttps(c), maxAge: deviceSeconds });

const deviceName = (c: Ctx): string => (isHttps(c) ? `__Host-${deviceCookie}` : deviceCookie);

/** Signs the browser out and clears its cache of the pages. */
export function clearSessionCookie(c: Ctx): void {
  deleteCookie(c, sessionCookie, { ...attributes, secure: isHttps(c) });
  if (isHttps(c)) deleteCookie(c, hostCookie, { ...attributes, secure: true });
  // Not "cookies": those of the whole domain would go, other sites' too.
  c.header("clear-site-data", '"cache", "storage"');
}

const attributes = { httpOnly: true, path: "/", sameSite: "Lax" } as const;

/** Whether users connect over https, also through a proxy that terminates it. */
export const isHttps = (c: Ctx): boolean =>
  [c.req.url, c.get("deps").config.accessUrl].some((address) => /^https:/i.test(address));
