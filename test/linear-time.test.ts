// Whatever text somebody sends is read in a time that grows with its length and no faster: each function that looks at
// strangers' text, against the texts that backtracking patterns die of, twice as long once more.
import { expect, test } from "vitest";
import { canonicalEmail } from "../src/accounts/rules/email.ts";
import { parseUserSearch } from "../src/accounts/rules/user-search.ts";
import { plainCode } from "../src/accounts/rules/typed-code.ts";
import { problemWithEmail, problemWithName, problemWithUsername } from "../src/accounts/rules/profile.ts";
import { parseIdempotencyKey } from "../src/api/rules/idempotency-key.ts";
import { readPlanFile } from "../src/cli/rules/plan-file.ts";
import { plain, plainLine } from "../src/cli/rules/text.ts";
import {
  escapeMarkdown,
  linksIn,
  toHtml,
  toInlineHtml,
  toPlainText,
} from "../src/notifications/rules/markdown.ts";
import { ownPath } from "../src/pages/rules/links.ts";
import { blockOf } from "../src/prebuilds/rules/address.ts";
import { parseAddress, parseRange } from "../src/rules/client-address.ts";
import { fitCustomText } from "../src/rules/custom-text.ts";
import { plainText } from "../src/rules/terminal-text.ts";
import { cleanMessage } from "../src/workspaces/rules/app-message.ts";
import { parseTaskSearch } from "../src/workspaces/rules/task-search.ts";
import { parseTemplateSearch } from "../src/workspaces/rules/template-search.ts";
import { parseWorkspaceSearch } from "../src/workspaces/rules/workspace-search.ts";

const readers: Record<string, (text: string) => unknown> = {
  canonicalEmail,
  problemWithEmail,
  problemWithName,
  problemWithUsername,
  plainCode,
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
  blockOf,
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

/** Milliseconds, the least of several: whatever else the machine does only adds to it. */
function timeOf(read: (text: string) => unknown, text: string): number {
  let least = Infinity;
  for (let tries = 0; tries < 3; tries += 1) {
    const started = performance.now();
    read(text);
    least = Math.min(least, performance.now() - started);
  }
  return least;
}

/** Four times as long for twice the length would be the square; asked again before it is believed. */
function isSlow(read: (text: string) => unknown, text: string, end: string): boolean {
  for (let tries = 0; tries < 4; tries += 1) {
    const once = timeOf(read, text + end);
    // Too quick to be compared, and quick enough.
    if (once < 4 || timeOf(read, text + text + end) < 3.4 * once) return false;
  }
  return true;
}

test.each(Object.entries(readers))("%s", (_name, read) => {
  const slow = units.flatMap((unit) => {
    const text = unit.repeat(Math.ceil(length / unit.length));
    return ["!"].filter((end) => isSlow(read, text, end)).map((end) => `${JSON.stringify(unit)}… ${end}`);
  });
  expect(slow).toEqual([]);
});
