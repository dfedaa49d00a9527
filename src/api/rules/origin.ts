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
 * Refuses what a browser says comes from elsewhere. `Sec-Fetch-Site` is the browser's own word and wins; `Origin` is
 * judged where it is absent (Safari before 16.4). With neither it is no browser, and no cookie was sent by surprise.
 */
export function isOwnOrigin(facts: OriginFacts): boolean {
  if (facts.secFetchSite !== null && facts.secFetchSite !== "same-origin" && facts.secFetchSite !== "none")
    return false;
  if (facts.origin === null) return true;
  return facts.origin === facts.requestOrigin || facts.origin === new URL(facts.accessUrl).origin;
}
