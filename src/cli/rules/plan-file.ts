// What `belfry drift` is given: a plan as JSON, or, in words, what it is instead.
import { problemOfPlan } from "../../prebuilds/rules/plan-check.ts";

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
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    const isCut = /^\s*\{/.test(text) && !/\}\s*$/.test(text);
    return wrong(isCut ? "it ends in the middle." : "it is no JSON.");
  }
  const problem = problemOfPlan(document);
  return problem === undefined ? { ok: true, document } : wrong(`${problem.field} ${problem.detail}.`);
}

/** PowerShell's `>` writes UTF-16. */
function decode(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(bytes);
}
