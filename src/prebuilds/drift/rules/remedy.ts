// The remedy for replaced resources: a `lifecycle { ignore_changes = [...] }` snippet for the template, and notes where it
// can't help. Only valid HCL names get into the snippet.
import { compare, type Replacement } from "./terraform-plan.ts";
import { escapeMarkdown } from "../../../kernel/rules/text.ts";

export interface Remedy {
  /** HCL, "" when there is nothing to put in. */
  snippet: string;
  /** Sentences. */
  notes: string[];
}

const maxBlocks = 50;
const maxNotes = 10;
const maxAttributes = 50;
const maxAttributeBytes = 2_000;

/** UTF-8 bytes. */
export interface RemedyBudget {
  snippet: number;
  /** Of the lines of a list that the notes are. */
  notes: number;
}

/** Whole blocks and notes, as many as the budget has room for; the notes say how many more there are. */
export function remedyFor(
  replacements: readonly Replacement[],
  budget: RemedyBudget = { snippet: Infinity, notes: Infinity },
): Remedy {
  const blocks = new Map<string, { block: Block; attributes: Set<string> }>();
  const notes = new Set<string>();
  for (const replacement of replacements) {
    const block = parseBlockAddress(replacement.resource);
    const attributes = block === undefined ? [] : attributesOf(replacement);
    for (const note of notesFor(replacement, block)) notes.add(note);
    if (block === undefined || attributes.length === 0) continue;
    const key = [...block.modules, block.type, block.name].join(".");
    const known = blocks.get(key) ?? { block, attributes: new Set() };
    for (const attribute of attributes) known.attributes.add(attribute);
    blocks.set(key, known);
  }
  const all = [...blocks].toSorted(([a], [b]) => compare(a, b)).map(([, one]) => one);
  const snippets = takeFitting(
    all
      .slice(0, maxBlocks)
      .map(({ block, attributes }) => snippetOf(block, [...attributes].toSorted(compare))),
    budget.snippet,
    (snippet) => utf8Bytes(snippet) + 2,
  );
  if (all.length > snippets.length)
    notes.add(`${all.length - snippets.length} more blocks of the template need the same change.`);
  if (all.some(({ block }) => block.modules.length > 0))
    notes.add("ignore_changes can't be set from outside a module: change the module itself.");
  return { snippet: snippets.join("\n\n"), notes: limitNotes([...notes], budget.notes) };
}

/** Names of the attributes and blocks that the paths begin with. */
const attributesOf = ({ paths }: Replacement): string[] =>
  paths.map((path) => path.split(".")[0]!).filter((attribute) => isHclName(attribute));

function snippetOf({ modules, type, name }: Block, attributes: string[]): string {
  const kept = takeFitting(attributes.slice(0, maxAttributes), maxAttributeBytes, utf8Bytes);
  const rest = attributes.length - kept.length;
  const flat = `    ignore_changes = [${kept.join(", ")}]`;
  const list =
    flat.length <= 100 && rest === 0
      ? [flat]
      : [
          "    ignore_changes = [",
          ...kept.map((one) => `      ${one},`),
          ...(rest === 0 ? [] : [`      # and ${rest} more`]),
          "    ]",
        ];
  return [
    ...(modules.length === 0 ? [] : [`# in module ${modules.join(".")}`]),
    `resource "${type}" "${name}" {`,
    "  # existing arguments",
    "  lifecycle {",
    ...list,
    "  }",
    "}",
  ].join("\n");
}

function notesFor(replacement: Replacement, block: Block | undefined): string[] {
  const { resource, paths, reason } = replacement;
  if (block === undefined) return [`"${resource}" is not a Terraform resource address: no snippet for it.`];
  if (paths.length === 0) return [`${resource}: ${describeReason(reason)}`];
  const attributes = attributesOf(replacement);
  const nested = paths.filter((path) => path.includes(".") && isHclName(path.split(".")[0]!));
  return [
    ...(attributes.length < paths.length
      ? [`${resource}: one of its paths is not an attribute; ignore_changes can't prevent this.`]
      : []),
    ...[...new Set(nested.map((path) => path.split(".")[0]!))].map(
      (attribute) =>
        `${resource}: ignore_changes = [${attribute}] ignores all of ${attribute}. If other parts of it must change, ` +
        `remove the difference instead (${nested.find((path) => path.startsWith(`${attribute}.`))}).`,
    ),
  ];
}

/** Codes are Terraform's `action_reason`. */
function describeReason(reason: string): string {
  if (reason === "replace_because_tainted")
    return "an earlier build left it tainted; ignore_changes can't prevent the replacement.";
  if (reason === "replace_by_request") return "replacement was requested; ignore_changes can't prevent this.";
  if (reason === "replace_by_triggers")
    return "a value in its replace_triggered_by changed. Remove it there; ignore_changes can't prevent this.";
  return "the plan gives no reason; ignore_changes can't prevent this.";
}

/** The last note says how many are left out. */
function limitNotes(notes: string[], bytes: number): string[] {
  const sum = (all: string[]) => all.reduce((total, note) => total + lineBytes(note), 0);
  if (notes.length <= maxNotes && sum(notes) <= bytes) return notes;
  const last = (left: number) => `${left} more resources need attention.`;
  const kept = takeFitting(notes.slice(0, maxNotes - 1), bytes - lineBytes(last(notes.length)), (note) =>
    lineBytes(note),
  );
  return [...kept, last(notes.length - kept.length)];
}

export interface Block {
  /** Names of modules, from the outside in. */
  modules: string[];
  type: string;
  name: string;
}

/** A name as HCL allows it. */
const name = String.raw`[\p{ID_Start}_][\p{ID_Continue}-]{0,199}`;
/** Of `count`, or of `for_each`: a quoted text. */
const index = String.raw`(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?`;

const wholeName = new RegExp(`^${name}$`, "u");
const moduleStep = new RegExp(String.raw`module\.(${name})${index}\.`, "gu");
const wholeAddress = new RegExp(
  String.raw`^((?:module\.${name}${index}\.)*)(?!module\.|data\.)(${name})\.(${name})${index}$`,
  "u",
);

export const isHclName = (text: string): boolean => wholeName.test(text);

/** Undefined for what Terraform doesn't write. Instances of `count` and `for_each` have one block. */
export function parseBlockAddress(address: string): Block | undefined {
  const [, path, type, name] = wholeAddress.exec(address) ?? [];
  if (path === undefined || type === undefined || name === undefined) return undefined;
  return { modules: [...path.matchAll(moduleStep)].map(([, module]) => module!), type, name };
}

/** UTF-8 bytes of Markdown. The sentences and names around these parts need less than what is left of 20,000. */
export const noticeBudget = { snippet: 8_000, notes: 3_000, all: 16_000 };

export const utf8Bytes = (text: string): number => new TextEncoder().encode(text).length;

/** Bytes of a line of a list: names are escaped there. */
export const lineBytes = (...texts: string[]): number =>
  texts.reduce((sum, text) => sum + utf8Bytes(escapeMarkdown(text)), 20);

/** The first items whose sizes together are at most `bytes`. */
export function takeFitting<T>(items: readonly T[], bytes: number, sizeOf: (item: T) => number): T[] {
  let left = bytes;
  const over = items.findIndex((item) => {
    left -= sizeOf(item);
    return left < 0;
  });
  return over === -1 ? [...items] : items.slice(0, over);
}
