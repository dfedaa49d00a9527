// How long a token lasts.

export type LifetimeVerdict = { ok: true; seconds: number } | { ok: false; problem: string };

const week = 7 * 86_400_000;

/** All in milliseconds; 0 or nothing asks for the default of a week. */
export function judgeLifetime(wanted: number | undefined, most: number): LifetimeVerdict {
  if (wanted === undefined || wanted === 0) return { ok: true, seconds: inSeconds(Math.min(week, most)) };
  if (!(wanted >= 1_000))
    return { ok: false, problem: "must be at least one second, given in nanoseconds (1 h is 3600000000000)" };
  if (wanted > most)
    return {
      ok: false,
      problem: `is too long: the most is ${inHours(most)} h, set by BELFRY_MAX_TOKEN_LIFETIME`,
    };
  return { ok: true, seconds: inSeconds(wanted) };
}

const inSeconds = (milliseconds: number) => Math.max(1, Math.floor(milliseconds / 1_000));
const inHours = (milliseconds: number) => Math.round((milliseconds / 3_600_000) * 100) / 100;
