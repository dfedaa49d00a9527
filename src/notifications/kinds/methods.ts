// The channels that an owner has chosen for a kind, as they are stored: `smtp` or `smtp,webhook`.

/** Null: the deployment's default channel. */
export const methodsOf = (stored: string | null): string[] | null =>
  stored === null ? null : stored.split(",");

/** The first one: clients of Coder know one. */
export const firstMethodOf = (stored: string | null): string => methodsOf(stored)?.[0] ?? "";
