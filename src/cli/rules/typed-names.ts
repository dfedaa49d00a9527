// The fields of the API by the names under which they were typed: users of a command know arguments and options, not JSON.

/** A command, as far as it says what was typed. */
export interface Typed {
  fields?: Readonly<Record<string, string>>;
  args?: string;
  options: object;
}

/**
 * `TITLE` for `content.title`, `--parameter` for `rich_parameter_values.0.name`; undefined for what wasn't typed. The command's
 * own `fields` come first, for a field and all below it; then an argument or option of the field's last name.
 */
export function typedName(field: string, { fields = {}, args = "", options }: Typed): string | undefined {
  const own = Object.keys(fields).find((name) => field === name || field.startsWith(`${name}.`));
  if (own !== undefined) return fields[own];
  if (/\.\d/.test(field)) return undefined;
  const name = field.split(".").at(-1)!.replaceAll("_", "-");
  const words = new Set(args.match(/\b[A-Z]+(-[A-Z]+)*\b/g));
  if (words.has(name.toUpperCase())) return name.toUpperCase();
  return Object.hasOwn(options, name) ? `--${name}` : undefined;
}
