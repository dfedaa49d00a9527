// Ids as people see them in lists and type them.

/** The end of an id, which is random: enough to name one of a list. */
export const shortId = (id: string): string => id.slice(-8);

/** Whether a word may be the end of an id, or all of it. */
export const isIdEnd = (word: string): boolean => /^[0-9a-f-]{4,36}$/.test(word);
