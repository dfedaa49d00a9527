// The files that commands read, or the reason why one is invalid: a Terraform plan, belfry.json of a template's folder, the
// text of a notification template.
import { validatePlan } from "../../prebuilds/drift/rules/terraform-plan.ts";
import { templateFields } from "../../../db/rules/template-file.ts";
import { suggest } from "./names.ts";

/** A plan as JSON. */
export type PlanFileResult = { ok: true; document: unknown } | { ok: false; problem: string; hint: string };

const howTo = "Export the plan as JSON: terraform plan -out=plan && terraform show -json plan > plan.json";

export function readPlanFile(bytes: Uint8Array): PlanFileResult {
  const wrong = (problem: string, hint = howTo) => ({ ok: false as const, problem, hint });
  // A plan file of Terraform is a zip archive.
  if (bytes[0] === 0x50 && bytes[1] === 0x4b)
    return wrong("binary plan file, must be JSON", "Export it: terraform show -json FILE > plan.json");
  const text = decode(bytes);
  if (text.trim() === "") return wrong("empty");
  // `terraform plan -json` prints its log, a document per line.
  if (/^\s*\{"@level"/.test(text))
    return wrong("log of a plan (terraform plan -json), must be the plan itself");
  const parsed = parse(text) ?? parse(withoutWrapper(text));
  if (parsed === undefined) {
    if (wrapperSigns.test(text))
      return wrong(
        "mixed with output of the setup-terraform wrapper",
        "In the workflow's setup-terraform step, set terraform_wrapper: false.",
      );
    const isCut = /^\s*\{/.test(text) && !/\}\s*$/.test(text);
    return wrong(isCut ? "JSON is incomplete" : "invalid JSON");
  }
  const { document } = parsed;
  const problem = validatePlan(document);
  return problem === undefined ? { ok: true, document } : wrong(`${problem.field}: ${problem.detail}`);
}

function parse(text: string | undefined): { document: unknown } | undefined {
  try {
    return text === undefined ? undefined : { document: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Workflow commands, and the line with the command that runs. */
const wrapperSigns = /^\[command\]|^::[\w-]+[ :]|\}%0[AD]/m;
const wrapperLine = /^(?:\s|%0[AD])*(?:::[\w-]+[ :].*|\[command\].*)?$/;

/**
 * The document without the lines that the GitHub action setup-terraform prints around it: the command before it, workflow
 * commands (`::debug::`) and escaped line ends (`%0A`) after it. Undefined when there is anything else.
 */
function withoutWrapper(text: string): string | undefined {
  const start = text.search(/^\{/m);
  if (start === -1) return undefined;
  const end = endOfObject(text, start);
  const isWrapper = [text.slice(0, start), text.slice(end)].every((rest) => isWrapperOutput(rest));
  return isWrapper ? text.slice(start, end) : undefined;
}

const isWrapperOutput = (text: string) => text.split(/\r?\n/).every((line) => wrapperLine.test(line));

/** The position after the object at `start`; the text's end when it is not closed. */
function endOfObject(text: string, start: number): number {
  let [depth, isInString] = [0, false];
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (isInString && character === "\\") at += 1;
    else if (character === '"') isInString = !isInString;
    else if (isInString) continue;
    else if (character === "{") depth += 1;
    else if (character === "}" && --depth === 0) return at + 1;
  }
  return text.length;
}

/** PowerShell's `>` writes UTF-16. */
function decode(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(bytes);
}

/** belfry.json. Only the types of its fields are checked here; the server validates the rest. */
export interface Manifest {
  name?: string;
  message?: string;
  has_ai_task?: boolean;
  parameters?: unknown[];
  presets?: unknown[];
}
export type ManifestResult = { ok: true; manifest: Manifest } | { ok: false; problem: string };

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

export function parseManifest(text: string): ManifestResult {
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

/** Front matter with a title and actions, then the body. Files of db/templates/ have the same format. */
export interface TemplateFileText {
  title_template: string;
  body_template: string;
  actions: { label: string; url: string }[];
}

export type TemplateFileResult = { ok: true; text: TemplateFileText } | { ok: false; problem: string };

/** Fields of the kind: only the text is edited here. */
const ignoredFields = templateFields.filter((name) => name !== "title");

export function readTemplateFile(content: string): TemplateFileResult {
  const wrong = (problem: string): TemplateFileResult => ({ ok: false, problem });
  const parts = /^---\n(.*?)\n---(?:\n(.*))?$/s.exec(content.replaceAll("\r\n", "\n").replace(/^\uFEFF/, ""));
  if (parts === null)
    return wrong(
      "The file must begin with fields like `title: …` between two lines of `---`; the body follows.",
    );
  let title: string | undefined;
  const actions: TemplateFileText["actions"] = [];
  for (const [index, line] of parts[1]!.split("\n").entries()) {
    const [, name, value] = /^(\w+):[ \t]*(.*)$/.exec(line) ?? [];
    if (line.trim() === "" || (name !== undefined && ignoredFields.includes(name))) continue;
    if (name === "title") title = value!.trim();
    else if (name === "action") {
      const [, label, url] = /^(.*?)(?:^|[ \t])->(?:[ \t]|$)(.*)$/.exec(value!) ?? [];
      if (label === undefined || url === undefined)
        return wrong(`Line ${index + 2}: invalid action, use \`action: Label -> URL\``);
      actions.push({ label: label.trim(), url: url.trim() });
    } else return wrong(`Line ${index + 2}: unknown field "${line}", use title or action`);
  }
  if (title === undefined) return wrong("title: missing, add a line `title: …`");
  return { ok: true, text: { title_template: title, body_template: (parts[2] ?? "").trim(), actions } };
}

/** `name` is for the editor and is not read back. */
export function writeTemplateFile(name: string, text: TemplateFileText): string {
  const front = [
    `name: ${onOneLine(name)}`,
    `title: ${onOneLine(text.title_template)}`,
    ...text.actions.map(({ label, url }) => `action: ${onOneLine(label)} -> ${onOneLine(url)}`),
  ];
  return `---\n${front.join("\n")}\n---\n\n${text.body_template}\n`;
}

/** Titles and actions are shown on one line anyway. */
const onOneLine = (text: string) => text.replaceAll(/\s+/g, " ").trim();

/** `custom-notification`: as people type it, and as a file name. */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "");
