// Text that a program has printed for a terminal, as plain text. One pass, in time that grows with the text alone.

const escape = "\u001B";
/** Sequences that a terminal obeys (ECMA-48), whole or cut off, and all other control characters but the three of lines. */
const controls = new RegExp(
  [
    // Colours, cursor movements: parameters, intermediate bytes, a final one.
    String.raw`(?:${escape}\[|\u009B)[0-?]*[ -/]*[@-~]?`,
    // Titles, links, images: up to their terminator, or else to the end of the line.
    String.raw`(?:${escape}[\]PX^_]|[\u0090\u0098\u009D-\u009F])[^\u0007\u0018\u001A${escape}\u009C\n]*(?:\u0007|${escape}\\|\u009C)?`,
    String.raw`${escape}[ -/]*[0-~]?`,
    String.raw`(?![\n\t\r])\p{Cc}`,
  ].join("|"),
  "gu",
);

/** Without escape sequences and control characters; line breaks, carriage returns and tabs stay. */
export const withoutControls = (text: string): string => text.replaceAll(controls, "");

/** What a line shows in the end: a carriage return starts it anew. */
export function visiblePart(line: string): string {
  const written = line.split("\r").filter((part) => part !== "");
  return written.at(-1) ?? "";
}

/** The same of a whole text, with no control characters left but line breaks and tabs. */
export function plainText(text: string): string {
  const clean = withoutControls(text);
  return clean.includes("\r") ? clean.split("\n").map(visiblePart).join("\n") : clean;
}
