// What an app says in its own words, made fit to be shown in one line, and what its task is called. Reporting an app's
// status calls it.
import { withoutControls } from "../../../kernel/rules/terminal-text.ts";

/** What has no width or turns the direction of writing; joiners, which hold emoji together, stay. */
const unprintable = /[\p{Cc}\p{Cs}\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu;

/** As Coder has it: escapes like `\n` are what they stand for; tags, colours and what can't be printed go. */
export function cleanMessage(text: string): string {
  return withoutControls(unescape(text))
    .replaceAll(/<\/?[a-z!][^<>]*>/gi, "")
    .replaceAll(/\s/g, " ")
    .replaceAll(unprintable, "")
    .replaceAll(/ +/g, " ")
    .trim();
}

/** A text that is no valid literal stays as it is. */
function unescape(text: string): string {
  if (!text.includes("\\")) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

const longestTask = 160;

/** What a task is called: the beginning of its prompt, at most 160 characters, else the workspace's name. */
export function taskName(prompt: string | null, workspaceName: string): string {
  const characters = [...(prompt ?? "").trim()];
  if (characters.length === 0) return workspaceName;
  return characters.slice(0, longestTask).join("");
}
