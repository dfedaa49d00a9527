// Whatever somebody sends is read in a time that grows with its length and no faster: each function that looks at
// strangers' text, against the texts that backtracking patterns die of, twice as long once more; and readers of documents.
import { expect, test } from "vitest";
import {
  canonicalEmail,
  problemWithEmail,
  problemWithName,
  problemWithUsername,
} from "../../src/accounts/rules/profile.ts";
import { parseUserSearch } from "../../src/accounts/rules/user-search.ts";
import { normalizeCode } from "../../src/accounts/rules/one-time-codes.ts";
import { parseIdempotencyKey } from "../../src/http/rules/headers.ts";
import { readPlanFile } from "../../src/cli/rules/input-files.ts";
import { validateTar, writeTar, readTar } from "../../src/kernel/rules/tar.ts";
import { plain, plainLine } from "../../src/cli/rules/text.ts";
import { linksIn, toHtml, toInlineHtml, toPlainText } from "../../src/notifications/texts/rules/markdown.ts";
import { escapeMarkdown, plainText } from "../../src/kernel/rules/text.ts";
import { ownPath } from "../../src/pages/rules/links.ts";
import { parseBlockAddress } from "../../src/prebuilds/drift/rules/remedy.ts";
import {
  validatePlan,
  findReplacements,
  withinStorageLimits,
} from "../../src/prebuilds/drift/rules/terraform-plan.ts";
import { readState } from "../../src/provisioner/rules/completion.ts";
import { reducePlan } from "../../src/provisioner/rules/terraform.ts";
import { parseAddress, parseRange } from "../../src/kernel/rules/client-address.ts";
import { fitCustomText } from "../../src/notifications/outbox/rules/custom-text.ts";
import { cleanMessage } from "../../src/workspaces/agents/rules/app-status.ts";
import {
  parseTaskSearch,
  parseWorkspaceSearch,
  parseTemplateSearch,
} from "../../src/workspaces/builds/rules/search.ts";
const readers: Record<string, (text: string) => unknown> = {
  canonicalEmail,
  problemWithEmail,
  problemWithName,
  problemWithUsername,
  plainCode: normalizeCode,
  parseIdempotencyKey,
  parseUserSearch,
  parseTaskSearch,
  parseTemplateSearch,
  parseWorkspaceSearch,
  ownPath,
  parseAddress,
  parseRange,
  plain,
  plainLine,
  plainText,
  cleanMessage,
  parseBlockAddress,
  escapeMarkdown,
  linksIn,
  toHtml,
  toInlineHtml,
  toPlainText,
  fitCustomText: (text) => fitCustomText({ title: text, message: text }),
  readPlanFile: (text) => readPlanFile(new TextEncoder().encode(text)),
};

const units = [
  "a",
  " ",
  "\t",
  "\n",
  "\r",
  "-",
  ".",
  "@",
  ":",
  "/",
  "\\",
  '"',
  "'",
  "<",
  ">",
  "[",
  "]",
  "(",
  "*",
  "_",
  "`",
  "~",
  "&",
  "!",
  "#",
  "|",
  "a.",
  "a-",
  "a@",
  "[a",
  "](",
  "<a ",
  "</",
  "\u001B[",
  "\u001B]",
  "&#",
  "\\n",
  "http://a ",
  "a:b ",
  '"a',
  "**a",
  "{",
  "{}",
  "[[",
  "%0A",
  "::a::",
  "é",
  "👍",
  "\u0301",
];
const length = 8_000;

/** Whether it ever takes less: whatever else the machine does only adds to it. */
function isWithin<T>(milliseconds: number, read: (input: T) => unknown, input: T): boolean {
  for (let tries = 0; tries < 3; tries += 1) if (timeOf(read, input) < milliseconds) return true;
  return false;
}

function timeOf<T>(read: (input: T) => unknown, input: T): number {
  const started = performance.now();
  read(input);
  return performance.now() - started;
}

/** Four times as long for twice the length would be the square; asked again before it is believed. */
function isSlow<T>(read: (input: T) => unknown, input: T, twice: T): boolean {
  for (let tries = 0; tries < 4; tries += 1) {
    let once = Infinity;
    for (let times = 0; times < 3; times += 1) {
      once = Math.min(once, timeOf(read, input));
      // Too quick to be compared, and quick enough.
      if (once < 4) return false;
    }
    if (isWithin(3.4 * once, read, twice)) return false;
  }
  return true;
}

test.each(Object.entries(readers))("%s", (_name, read) => {
  const slow = units.flatMap((unit) => {
    const text = unit.repeat(Math.ceil(length / unit.length));
    return ["!"]
      .filter((end) => isSlow(read, text + end, text + text + end))
      .map((end) => `${JSON.stringify(unit)}… ${end}`);
  });
  expect(slow).toEqual([]);
});

const tarLimits = { entries: 1e6, size: 1e9 };
const emptyFile = { content: new Uint8Array(0), executable: false };
const tarOf = (paths: string[]) => writeTar(paths.map((path) => ({ path, ...emptyFile })));
const numbered = (count: number) => Array.from({ length: count }, (_, index) => index);
const change = (address: string, paths: unknown[], before: unknown = {}) => ({
  address,
  type: "x",
  change: { actions: ["delete", "create"], replace_paths: paths, before, after: {} },
});
const plans: Record<string, (count: number) => unknown[]> = {
  "of many resources": (count) => numbered(count).map((index) => change(`x.r${index}`, [["a"]])),
  "of one resource, many times": (count) => numbered(count).map(() => change("x.r", [["a"]])),
  "of many paths": (count) => [
    change(
      "x.r",
      numbered(count).map((index) => [`a${index}`]),
    ),
  ],
  "of one long path": (count) => [change("x.r", [numbered(count)])],
  "of one long address": (count) => [change('x.r["'.repeat(count), [["a"]])],
  "whose path goes deep": (count) => {
    const names = numbered(Math.min(count, 4_000)).map(() => "a");
    return [
      change(
        "x.r",
        [names],
        names.reduce<unknown>((inner, name) => ({ [name]: inner }), "x"),
      ),
    ];
  },
};

/** Each reader of a document with the documents that it is tried with, by their size. */
const documents: [string, (input: never) => unknown, (count: number) => unknown][] = [
  ["a tar's first header", validateTar, (count) => new Uint8Array(512 * count).fill(65)],
  ["a tar of many files", (tar) => readTar(tar, tarLimits), (count) => tarOf(numbered(count).map(String))],
  [
    "a tar of deep paths",
    (tar) => readTar(tar, tarLimits),
    (count) => tarOf(numbered(count).map((index) => `${"d/".repeat(40)}${index}`)),
  ],
  ...Object.entries(plans).map(([name, changesOf]): (typeof documents)[number] => [
    `a plan ${name}`,
    (document) => {
      validatePlan(document);
      withinStorageLimits(findReplacements(document));
      reducePlan(document, (text) => text);
    },
    (count) => ({ format_version: "1.2", resource_changes: changesOf(count) }),
  ]),
  [
    "a state of many modules",
    (document) => readState(document, []),
    (count) => {
      const nest = (inner: unknown) => ({ child_modules: [inner], resources: [{ type: "x", name: "r" }] });
      return { values: { root_module: numbered(Math.min(count, 3_000)).reduce<unknown>(nest, {}) } };
    },
  ],
];

test.each(documents)("%s", (_name, read, make) => {
  const [input, twice] = [make(2_000), make(4_000)] as [never, never];
  expect(isSlow(read, input, twice)).toBe(false);
});
