// What the header Authorization carries.

/** RFC 6750. */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  /^Bearer\s+(.+)$/i.exec(authorization ?? "")?.[1];

/** RFC 7617. */
export function passwordOf(authorization: string | undefined): string | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? "")?.[1];
  try {
    return encoded && /^[^:]*:(.*)$/s.exec(atob(encoded))?.[1];
  } catch {
    return undefined;
  }
}
