// Codes that people type or paste: what a mail program, a messenger or a keyboard makes of them is the same code.

/** Capital letters and digits only: full-width ones as ASCII; blanks, hyphens of any kind, quotes and stops don't count. */
export const plainCode = (text: string): string =>
  text
    .normalize("NFKC")
    .toUpperCase()
    .replaceAll(/[\s\p{Cf}\p{Pd}\p{Pi}\p{Pf}\u2212\u00AD"'`´.,;:<>()[\]]/gu, "");
