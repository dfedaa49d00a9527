// Whether a sign-in page was opened over plain http at a deployment that is https: the browser drops its session cookie
// then, and would be sent to sign in again and again.

export interface SchemeFacts {
  accessUrl: string;
  /** What a proxy says the browser spoke; null where there is none. */
  forwardedProto: string | null;
  /** Browsers send it to https and to this machine only (W3C Fetch Metadata); null when absent. */
  secFetchSite: string | null;
}

/** The address to use instead, up to the path; null when nothing is wrong, or it can't be known. */
export function httpsInstead({ accessUrl, forwardedProto, secFetchSite }: SchemeFacts): string | null {
  const { protocol, hostname, origin } = new URL(accessUrl);
  if (protocol !== "https:" || /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname)) return null;
  const scheme = forwardedProto?.split(",")[0]?.trim().toLowerCase();
  if (scheme === "https") return null;
  return scheme === "http" || secFetchSite === null ? origin : null;
}
