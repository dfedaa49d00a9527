// The command that makes a pool try again, to be copied into a shell. Messages, the page and the command line show it.

export const resumeLine = (template: string, preset: string): string =>
  `belfry prebuilds resume ${shellWord(template)} ${shellWord(preset)}`;

/** As one word for a POSIX shell, whatever is in it, on one line. */
const shellWord = (word: string): string =>
  /^[\w.-]+$/.test(word) ? word : `'${word.replaceAll(/\s+/g, " ").replaceAll("'", `'\\''`)}'`;
