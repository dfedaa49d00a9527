// Channels in the JSON array of a preference.

/** Without parsing: most users have chosen none, and a channel's id needs no escape. */
export const includesMethod = (methods: string | null | undefined, method: string): boolean =>
  methods?.includes(`"${method}"`) === true;
