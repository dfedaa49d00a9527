// `belfry.json` beside a template's Terraform: its name, parameters and presets. Only its form is looked at here; what
// the members mean, the server judges when a version is made.
import { nearest } from "./names.ts";

export interface Manifest {
  name?: string;
  message?: string;
  has_ai_task?: boolean;
  parameters?: unknown[];
  presets?: unknown[];
}
export type ManifestVerdict = { ok: true; manifest: Manifest } | { ok: false; problem: string };

const kinds = {
  $schema: "a text",
  name: "a text",
  message: "a text",
  has_ai_task: "true or false",
  parameters: "a list",
  presets: "a list",
} as const;
const isOfKind: Record<(typeof kinds)[keyof typeof kinds], (value: unknown) => boolean> = {
  "a text": (value) => typeof value === "string",
  "true or false": (value) => typeof value === "boolean",
  "a list": Array.isArray,
};

export function parseManifest(text: string): ManifestVerdict {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, problem: `it is not JSON: ${(error as Error).message}` };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { ok: false, problem: 'it must be an object, like {"name": "docker"}' };
  for (const [name, member] of Object.entries(value)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name as keyof typeof kinds] : undefined;
    if (kind === undefined) return { ok: false, problem: unknownMember(name) };
    if (!isOfKind[kind](member)) return { ok: false, problem: `"${name}" must be ${kind}` };
  }
  return { ok: true, manifest: value };
}

function unknownMember(name: string): string {
  const known = Object.keys(kinds).filter((one) => one !== "$schema");
  const near = nearest(name, known);
  return `"${name}" is not known there; ${near === undefined ? `known are ${known.join(", ")}` : `did you mean "${near}"?`}`;
}
