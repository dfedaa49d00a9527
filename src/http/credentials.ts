// The key or token that a request brings, as far as it can be told without the database, and whether a browser was made to
// bring it.
import { getCookie } from "hono/cookie";
import { isForgedKey } from "../accounts/keys.ts";
import { parseCredential, type Credential, keyPurposes } from "../accounts/rules/api-key.ts";
import { forbidden, unauthorized } from "../kernel/errors.ts";
import { parseAgentToken, type AgentToken } from "../workspaces/agents/rules/agent-token.ts";
import type { Ctx } from "./context.ts";
import { bearerOf, passwordOf } from "./rules/authorization.ts";
import { isOwnOrigin } from "./rules/origin.ts";

export const sessionCookie = "coder_session_token";
/** Its name on https: a browser takes it from this very host only (RFC 6265bis, 4.1.3.2). */
export const hostCookie = `__Host-${sessionCookie}`;
/** Coder's clients bring the plain one on https, too. */
export const readSessionCookie = (c: Ctx): string | undefined =>
  getCookie(c, hostCookie) ?? getCookie(c, sessionCookie);

export const isSafe = (method: string) => method === "GET" || method === "HEAD" || method === "OPTIONS";

const headerKeyOf = (c: Ctx): string | undefined =>
  c.req.header("coder-session-token") ?? bearerOf(c.req.header("authorization"));

/** Coder takes a key in the address as well, for programs that can't set a header. It is never logged. */
const sentKeyOf = (c: Ctx): string | undefined => headerKeyOf(c) ?? (c.req.query(sessionCookie) || undefined);

/** Only its form is checked here: the verbs of agents check the rest on what they read. */
export function agentTokenOf(c: Ctx): AgentToken {
  const token = parseAgentToken(sentKeyOf(c) ?? "");
  if (token === undefined)
    throw unauthorized("Agents bring the token of their workspace, in the header Coder-Session-Token.");
  return token;
}

/** What a browser sends by itself once it has it, whichever page asks. */
const ambientKeyOf = (c: Ctx): string | undefined =>
  readSessionCookie(c) ??
  (c.get("endpoint").takesBasic ? passwordOf(c.req.header("authorization")) : undefined);

/** A bearer token may be a provisioner's where those are let in, too. */
const purposesOf = (c: Ctx) =>
  c.get("endpoint").access === "session" ? (["api"] as const) : (["api", "provisioner"] as const);

/** A key that was sent on purpose wins over a cookie's; a cookie from a foreign page changes nothing. */
export function credentialOf(c: Ctx): Credential {
  const sent = sentKeyOf(c);
  const text = sent ?? ambientKeyOf(c);
  if (text === undefined || text === "")
    throw unauthorized("You are not signed in. Sign in, or send a key in the header Coder-Session-Token.");
  // A page of any site may open a WebSocket, with the cookie, and read from it.
  if (sent === undefined && (!isSafe(c.req.method) || asksForSocket(c))) requireOwnOrigin(c);
  const deps = c.get("deps");
  const purposes = purposesOf(c);
  const signingKeys = purposes.flatMap((purpose) => [...deps.keysFor(keyPurposes[purpose])]);
  const credential = parseCredential(text, signingKeys);
  if (credential === undefined)
    throw unauthorized("The key is not of the form that keys have. Please sign in again.");
  if (purposes.every((purpose) => isForgedKey(deps, credential, purpose))) throw unauthorized();
  return credential;
}

export const asksForSocket = (c: Ctx) => c.req.header("upgrade")?.toLowerCase() === "websocket";

export function requireOwnOrigin(c: Ctx): void {
  const { config } = c.get("deps");
  const facts = {
    secFetchSite: c.req.header("sec-fetch-site") ?? null,
    origin: c.req.header("origin") ?? null,
    requestOrigin: new URL(c.req.url).origin,
    accessUrl: config.accessUrl,
  };
  if (!isOwnOrigin(facts)) {
    throw forbidden(
      `The request comes from another site (${facts.origin ?? "unknown"}), not from ${facts.requestOrigin}. ` +
        `If that is where people open Belfry, set BELFRY_ACCESS_URL to it; now it is ${new URL(config.accessUrl).origin}.`,
    );
  }
}
