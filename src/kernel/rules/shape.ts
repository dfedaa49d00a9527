// Looking into JSON of which nothing is known yet: plans, states, results of scripts, answers of servers.

/** Its members; none when it is no object. */
export const fields = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

export const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export const textOr = (value: unknown, otherwise: string): string =>
  typeof value === "string" ? value : otherwise;

export const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** What the text is in JSON; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
