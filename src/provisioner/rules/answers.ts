// What an answer of the server means for a job, and how long to wait before the next try.

/**
 * `again`: the server is away or busy; `lost`: the job is no longer ours (its lease ran out, or it is gone);
 * `refused`: the same request would be refused again.
 */
export type Meaning = "again" | "lost" | "refused";

export function meaningOf(status: number | undefined): Meaning {
  if (status === undefined || status === 408 || status === 425 || status === 429 || status >= 500)
    return "again";
  return status === 404 || status === 409 || status === 410 ? "lost" : "refused";
}

export interface Pace {
  /** Milliseconds before the second try; each further one waits twice as long. */
  first: number;
  most: number;
}

/** Half of it is left to chance, so that many provisioners don't come back at the same moment. */
export function pauseBefore(tries: number, chance: number, pace: Pace, retryAfter?: number): number {
  const full = Math.min(pace.most, pace.first * 2 ** Math.min(tries, 30));
  const pause = full / 2 + (full / 2) * chance;
  return Math.round(Math.max(pause, Math.min(retryAfter ?? 0, 60_000)));
}

/** Milliseconds of the header `Retry-After` (RFC 9110); undefined when it says nothing. */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
