// Who may: whether a browser's request comes from our own pages. The one place that decides it.

export interface OriginFacts {
  /** What the request carries; null when absent. */
  secFetchSite: string | null;
  origin: string | null;
  /** Scheme and host that the request was sent to. */
  requestOrigin: string;
  /** The configured access URL. */
  accessUrl: string;
}

/**
 * `Sec-Fetch-Site` is the browser's own word and decides where it is there: behind a proxy that asks for no referrer, a
 * form of our own carries `Origin: null`. Browsers without it (Safari before 16.4, and any over plain http) are known by
 * `Origin`. With neither it is no browser, and no cookie was sent by surprise.
 */
export function isOwnOrigin({ secFetchSite, origin, requestOrigin, accessUrl }: OriginFacts): boolean {
  if (secFetchSite !== null) return secFetchSite === "same-origin" || secFetchSite === "none";
  if (origin === null) return true;
  const given = originOf(origin);
  return given !== undefined && [requestOrigin, accessUrl].some((own) => originOf(own) === given);
}

/** Without the port where it is the scheme's own; undefined for `null` and for what is no URL. */
function originOf(text: string): string | undefined {
  const origin = URL.canParse(text) ? new URL(text).origin : "null";
  return origin === "null" ? undefined : origin;
}
