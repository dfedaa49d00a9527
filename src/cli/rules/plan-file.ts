// What `belfry drift` is given: a plan as JSON, or, in words, what it is instead.
import { problemOfPlan } from "../../prebuilds/drift/rules/plan-check.ts";

export type ReadPlan = { ok: true; document: unknown } | { ok: false; problem: string; hint: string };

const howTo = "Print the plan as JSON: terraform plan -out=plan && terraform show -json plan > plan.json";

export function readPlanFile(bytes: Uint8Array): ReadPlan {
  const wrong = (problem: string, hint = howTo) => ({ ok: false as const, problem, hint });
  // Terraform's own files of plans are zip archives.
  if (bytes[0] === 0x50 && bytes[1] === 0x4b)
    return wrong(
      "it is a plan in Terraform's own form.",
      "Print it as JSON: terraform show -json FILE > plan.json",
    );
  const text = decode(bytes);
  if (text.trim() === "") return wrong("there is nothing in it.");
  // What `terraform plan -json` prints: a document for each line, about what it does.
  if (/^\s*\{"@level"/.test(text)) return wrong("it is the log of a plan, not the plan.");
  const parsed = parse(text) ?? parse(withoutWrapper(text));
  if (parsed === undefined) {
    if (wrapperSigns.test(text))
      return wrong(
        "the plan is mixed with what the wrapper of setup-terraform prints.",
        "In the workflow's step setup-terraform, set terraform_wrapper: false.",
      );
    const isCut = /^\s*\{/.test(text) && !/\}\s*$/.test(text);
    return wrong(isCut ? "it ends in the middle." : "it is no JSON.");
  }
  const { document } = parsed;
  const problem = problemOfPlan(document);
  return problem === undefined ? { ok: true, document } : wrong(`${problem.field} ${problem.detail}.`);
}

function parse(text: string | undefined): { document: unknown } | undefined {
  try {
    return text === undefined ? undefined : { document: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Workflow commands, and the line that names the command that runs. */
const wrapperSigns = /^\[command\]|^::[\w-]+[ :]|\}%0[AD]/m;
const wrapperLine = /^(?:\s|%0[AD])*(?:::[\w-]+[ :].*|\[command\].*)?$/;

/**
 * The document among the lines that the GitHub action setup-terraform prints around a command's output: the command
 * before it, workflow commands (`::debug::`) and escaped line ends (`%0A`) after it. Undefined when there is anything else.
 */
function withoutWrapper(text: string): string | undefined {
  const start = text.search(/^\{/m);
  if (start === -1) return undefined;
  const end = endOfObject(text, start);
  const isWrapper = [text.slice(0, start), text.slice(end)].every((rest) => isWrapperOutput(rest));
  return isWrapper ? text.slice(start, end) : undefined;
}

const isWrapperOutput = (text: string) => text.split(/\r?\n/).every((line) => wrapperLine.test(line));

/** Behind the brace that closes the object at `start`; the text's end when none does. */
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
