// Questions at the command line: what is sent for an answer that was typed, the lines of a question, and the session of a
// script that asks.
import { maxKeyBytes, maxTitleBytes } from "../../agent-sessions/rules/report.ts";
import { cutStartToBytes } from "../../kernel/rules/text.ts";

export interface OpenQuestion {
  id: string;
  session_title: string;
  text: string;
  options: readonly string[];
  free_text: boolean;
  default: string | null;
  created_at: string;
  expires_at: string;
}

/** An option is found in any case, too; anything else is a text, and the server says whether it takes one. */
export function toAnswer(
  { options, free_text }: Pick<OpenQuestion, "options" | "free_text">,
  typed: string,
): { option: string } | { text: string } {
  const exact = options.find((option) => option === typed.trim());
  const alike = options.filter((option) => option.toLowerCase() === typed.trim().toLowerCase());
  if (exact !== undefined) return { option: exact };
  if (alike.length === 1) return { option: alike[0]! };
  return free_text || options.length === 0 ? { text: typed } : { option: typed.trim() };
}

/** What can be answered, on one line. */
export function describeAnswers({ options, free_text }: Pick<OpenQuestion, "options" | "free_text">): string {
  const quoted = options.map((option) => `"${option}"`);
  return [...quoted, ...(free_text ? ["your own text"] : [])].join(", ");
}

/** One session for each folder of a machine, unless a key is given. */
export function sessionOfScript(
  given: { key: string | undefined; title: string | undefined },
  { host, folder }: { host: string; folder: string },
): { key: string; title: string } {
  const name = folder.split(/[\\/]/).findLast((part) => part !== "");
  return {
    key: given.key ?? cutStartToBytes(`cli/${host}:${folder}`, maxKeyBytes),
    title: given.title ?? cutStartToBytes(name === undefined ? host : `${name} on ${host}`, maxTitleBytes),
  };
}
