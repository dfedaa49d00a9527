// The session cookie: set and cleared by the API's sign-in and by the pages.
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { hostCookie, sessionCookie } from "./credentials.ts";
import type { Ctx } from "./context.ts";

/** `expiresAt`: epoch milliseconds. `Secure` on https only: over plain http Safari would drop such a cookie. */
export function setSessionCookie(c: Ctx, key: string, expiresAt: number): void {
  const expires = new Date(expiresAt);
  if (!isHttps(c)) return setCookie(c, sessionCookie, key, { ...attributes, expires });
  setCookie(c, hostCookie, key, { ...attributes, secure: true, expires });
  if (getCookie(c, sessionCookie) !== undefined) deleteCookie(c, sessionCookie, attributes);
}

const deviceCookie = "belfry_device";
const deviceSeconds = 365 * 86_400;

/** What a former sign-in left in this browser. */
export const readDeviceCookie = (c: Ctx): string | undefined => getCookie(c, deviceName(c));

/** Stays after the sign-out: it lets nobody in. */
export const setDeviceCookie = (c: Ctx, mark: string): void =>
  setCookie(c, deviceName(c), mark, { ...attributes, secure: isHttps(c), maxAge: deviceSeconds });

const deviceName = (c: Ctx): string => (isHttps(c) ? `__Host-${deviceCookie}` : deviceCookie);

/** Signs the browser out, and lets it forget what it has kept of the pages. */
export function clearSessionCookie(c: Ctx): void {
  deleteCookie(c, sessionCookie, { ...attributes, secure: isHttps(c) });
  if (isHttps(c)) deleteCookie(c, hostCookie, { ...attributes, secure: true });
  // Not "cookies": those of the whole domain would go, other sites' too.
  c.header("clear-site-data", '"cache", "storage"');
}

const attributes = { httpOnly: true, path: "/", sameSite: "Lax" } as const;

/** Whether people come over https, also through a proxy that speaks it. */
export const isHttps = (c: Ctx): boolean =>
  [c.req.url, c.get("deps").config.accessUrl].some((address) => new URL(address).protocol === "https:");
