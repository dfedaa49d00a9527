// The session cookie: set and cleared by the API's sign-in and by the pages.
import { deleteCookie, setCookie } from "hono/cookie";
import { sessionCookie, type Ctx } from "./http.ts";

/** `expiresAt`: epoch milliseconds. `Secure` on https only: over plain http Safari would drop such a cookie. */
export function setSessionCookie(c: Ctx, key: string, expiresAt: number): void {
  setCookie(c, sessionCookie, key, { ...attributes(c), expires: new Date(expiresAt) });
}

export function clearSessionCookie(c: Ctx): void {
  deleteCookie(c, sessionCookie, attributes(c));
}

const attributes = (c: Ctx) => ({ httpOnly: true, path: "/", sameSite: "Lax", secure: isHttps(c) }) as const;

/** Whether people come over https, also through a proxy that speaks it. */
export const isHttps = (c: Ctx): boolean =>
  [c.req.url, c.get("deps").config.accessUrl].some((address) => new URL(address).protocol === "https:");
