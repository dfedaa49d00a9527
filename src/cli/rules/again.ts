// When an agent's report is worth another try, and how long to wait for it.

/** No answer, or one that a little time may change: Belfry starts, is busy, or the agent's build is not done yet. */
export const isWorthAnother = ({ status, isBelfry }: { status: number | undefined; isBelfry: boolean }) =>
  status === undefined ||
  status >= 500 ||
  status === 409 ||
  status === 429 ||
  // Something in front of it, which may give way.
  (!isBelfry && status === 404);

const shortest = 250;
const longest = 10_000;

/** Milliseconds before the next try; `chance` from 0 to 1 spreads many agents that began together. */
export const waitBefore = (tries: number, chance: number): number =>
  Math.min(longest, shortest * 2 ** (tries - 1)) * (0.75 + chance / 2);
