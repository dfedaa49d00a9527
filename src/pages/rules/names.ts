// Names in a field of a form.

/** Between commas, blanks and line breaks. */
export const namesIn = (text = ""): string[] => text.split(/[\s,]+/).filter((name) => name !== "");
