// Where a page may send somebody: back to a page of ours, or on to what a button names.

/**
 * A path of this site, in the form that a browser will follow; null for anything else. What a browser would read as
 * another host (`//host`, `/\host`, `/.//host`, blanks that it drops) is something else.
 */
export function ownPath(text: string | undefined): string | null {
  if (text === undefined || !text.startsWith("/")) return null;
  const base = "http://here.invalid";
  if (!URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  if (url.origin !== base || url.pathname.startsWith("//")) return null;
  return url.pathname + url.search + url.hash;
}

const doors = ["/", "/login", "/logout", "/setup"];

/** Where to go after signing in: what was asked for, the inbox otherwise. */
export function afterSignIn(next: string | undefined): string {
  const path = ownPath(next);
  return path === null || doors.includes(path.split(/[?#]/)[0]!) ? "/inbox" : path;
}

/**
 * The target of a button, or null when it is none to follow. Pages of ours become paths, so that whoever came by
 * another name of this host stays signed in.
 */
export function buttonTarget(url: string, accessUrl: string): string | null {
  const own = url.startsWith(`${accessUrl}/`) ? url.slice(accessUrl.length) : url;
  const path = ownPath(own);
  if (path !== null) return path;
  return /^(https?:\/\/|mailto:)/i.test(own) && URL.canParse(own) ? own : null;
}
