// A file of variables, as systemd's EnvironmentFile and docker's --env-file have it: NAME=value, without expansion.

export type EnvironmentFile =
  | { ok: true; variables: Record<string, string> }
  /** The number of the line that is none. */
  | { ok: false; line: number };

const assignment = /^\s*([A-Za-z_]\w*)=(.*)$/s;

/** Values may stand in quotes; a backslash at a line's end joins it with the next, as in systemd. */
export function parseEnvironmentFile(text: string): EnvironmentFile {
  const variables: Record<string, string> = {};
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const line = at + 1;
    let entry = lines[at]!;
    if (/^\s*([#;]|$)/.test(entry)) continue;
    while (entry.endsWith("\\") && at + 1 < lines.length) entry = entry.slice(0, -1) + lines[(at += 1)]!;
    const [, name, value] = assignment.exec(entry) ?? [];
    if (name === undefined || value === undefined) return { ok: false, line };
    variables[name] = unquote(value.trim());
  }
  return { ok: true, variables };
}

function unquote(value: string): string {
  const [, quote, inside] = /^(["'])(.*)\1$/s.exec(value) ?? [];
  if (inside === undefined) return value;
  return quote === '"' ? inside.replaceAll(/\\(["\\$`])/g, "$1") : inside;
}
