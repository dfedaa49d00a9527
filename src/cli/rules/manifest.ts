// `belfry.json` in a template's folder: name, parameters and presets. Only the types of its fields are checked here; the
// server validates the rest.
import { suggest } from "./names.ts";

export interface Manifest {
  name?: string;
  message?: string;
  has_ai_task?: boolean;
  parameters?: unknown[];
  presets?: unknown[];
}
export type ManifestVerdict = { ok: true; manifest: Manifest } | { ok: false; problem: string };

const kinds = {
  $schema: "a string",
  name: "a string",
  message: "a string",
  has_ai_task: "true or false",
  parameters: "a list",
  presets: "a list",
} as const;
const isOfKind: Record<(typeof kinds)[keyof typeof kinds], (value: unknown) => boolean> = {
  "a string": (value) => typeof value === "string",
  "true or false": (value) => typeof value === "boolean",
  "a list": Array.isArray,
};

export function parseManifest(text: string): ManifestVerdict {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, problem: `invalid JSON: ${(error as Error).message}` };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { ok: false, problem: 'must be an object, like {"name": "docker"}' };
  for (const [name, member] of Object.entries(value)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name as keyof typeof kinds] : undefined;
    if (kind === undefined) return { ok: false, problem: unknownField(name) };
    if (!isOfKind[kind](member)) return { ok: false, problem: `${name}: must be ${kind}` };
  }
  return { ok: true, manifest: value };
}

function unknownField(name: string): string {
  const known = Object.keys(kinds).filter((one) => one !== "$schema");
  return `${name}: unknown field.${suggest(name, known) || ` Known fields: ${known.join(", ")}.`}`;
}
