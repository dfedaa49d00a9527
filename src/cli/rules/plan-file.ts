// Reads the input of `belfry drift`: a plan as JSON, or a message that says what the file is instead.
import { validatePlan } from "../../prebuilds/drift/rules/terraform-plan.ts";

export type ReadPlan = { ok: true; document: unknown } | { ok: false; problem: string; hint: string };

const howTo = "Export the plan as JSON: terraform plan -out=plan && terraform show -json plan > plan.json";

export function readPlanFile(bytes: Uint8Array): ReadPlan {
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
