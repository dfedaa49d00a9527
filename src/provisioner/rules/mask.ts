// Takes secrets out of what is logged and told.

const shown = "********";
/** Shorter ones would take half of every line with them. */
const shortest = 4;

/** A secret of several lines is printed line by line, and programs quote what they print. */
export function createMask(secrets: readonly string[]): (text: string) => string {
  const forms = secrets.flatMap((secret) => [secret, ...secret.split(/\r?\n/)]);
  const quoted = forms.flatMap((form) => [form, JSON.stringify(form).slice(1, -1), encoded(form)]);
  const all = [...new Set(quoted)]
    .filter((form) => form.trim().length >= shortest)
    // The longest first: a part of one may be another.
    .toSorted((a, b) => b.length - a.length);
  return (text) => all.reduce((masked, form) => masked.replaceAll(form, shown), text);
}

/** As in an address. A text that is cut in a surrogate pair can't be in one. */
const encoded = (text: string): string => (text.isWellFormed() ? encodeURIComponent(text) : text);
