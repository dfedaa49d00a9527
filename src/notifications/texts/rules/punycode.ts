// Host names of links in Markdown, as URLs encode them. In the Worker's bundle this file replaces markdown-it's punycode.js:
// every runtime has a parser of URLs, which does the same.

/** Names that no URL can have stay as they are. */
const toASCII = (host: string): string =>
  URL.canParse(`https://${host}`) ? new URL(`https://${host}`).hostname : host;

/** Links show what their writer wrote: see `normalizeLinkText`. */
const toUnicode = (host: string): string => host;

export default { toASCII, toUnicode };
