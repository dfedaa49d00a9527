// HTML as tagged templates: what is put in is escaped, unless it is HTML itself. Without promises and callbacks, which pages
// don't need, it takes a fraction of the time of hono/html.

/** Text that is HTML. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** What stands in a template; booleans, null and undefined are nothing. */
export type HtmlValue = Html | string | number | boolean | null | undefined | readonly HtmlValue[];

export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  let text = strings[0]!;
  for (let at = 0; at < values.length; at += 1) text += toText(values[at]) + strings[at + 1]!;
  return new Html(text);
}

/** Text that is safe HTML already. */
export const raw = (text: string): Html => new Html(text);

/** Attributes that are there or not; names are ours, values are escaped. */
export function attributes(values: Record<string, string | boolean | undefined>): Html[] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => (value === true ? html` ${raw(name)}` : html` ${raw(name)}="${value}"`));
}

function toText(value: HtmlValue): string {
  if (typeof value === "string") return escapeText(value);
  if (value instanceof Html) return value.text;
  if (typeof value === "number") return String(value);
  if (value === null || typeof value !== "object") return "";
  let text = "";
  for (const one of value) text += toText(one);
  return text;
}

const special = /[&<>'"]/;
const references: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "'": "&#39;",
  '"': "&quot;",
};

/** For element content and quoted attributes. */
const escapeText = (text: string): string =>
  special.test(text) ? text.replaceAll(/[&<>'"]/g, (character) => references[character]!) : text;
