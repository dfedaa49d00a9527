// How long a message is leased without being renewed.

/** Milliseconds at most. */
export const maxLeaseMs = 15_000;
