// Names of templates, versions and parameters, and generated names for versions. Each check returns the problem.

const longestName = 32;
const longestVersionName = 64;

export function problemWithTemplateName(name: string): string | undefined {
  if (name.length === 0 || name.length > longestName) return `must have 1 to ${longestName} characters`;
  return /^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$/.test(name)
    ? undefined
    : "may have letters, digits and single hyphens between them";
}

export function problemWithVersionName(name: string): string | undefined {
  if (name.length === 0 || name.length > longestVersionName)
    return `must have 1 to ${longestVersionName} characters`;
  return /^[a-zA-Z0-9]+([_.-][a-zA-Z0-9]+)*$/.test(name)
    ? undefined
    : "may have letters, digits and single . _ - between them";
}

/** What Coder calls the parameter that has the prompt of a task. */
export const aiPromptParameter = "AI Prompt";

/** Terraform's variables are called so, and parameters become such. */
export function problemWithParameterName(name: string): string | undefined {
  if (name === aiPromptParameter) return undefined;
  if (name.length === 0 || name.length > longestVersionName)
    return `must have 1 to ${longestVersionName} characters`;
  return /^[a-zA-Z_][a-zA-Z0-9_-]*$/.test(name)
    ? undefined
    : `may have letters, digits, _ and -, and begins with a letter or _; or it is "${aiPromptParameter}"`;
}

const manners = ["brave", "bright", "calm", "clever", "eager", "fair", "gentle", "glad", "happy", "keen"];
const more = ["kind", "light", "merry", "neat", "proud", "quick", "quiet", "sunny", "tidy", "wise"];
const animals = ["badger", "beaver", "bison", "crane", "falcon", "ferret", "finch", "fox", "hare", "heron"];
const others = ["ibex", "lark", "lynx", "marten", "otter", "owl", "raven", "robin", "seal", "stork"];

/** Like `quiet_otter12`; `chance` is three numbers from 0 up to 1, each used once. */
export function makeVersionName(chance: readonly [number, number, number]): string {
  const pick = (words: string[], at: number) => words[Math.floor(at * words.length)]!;
  const number = 10 + Math.floor(chance[2] * 990);
  return `${pick([...manners, ...more], chance[0])}_${pick([...animals, ...others], chance[1])}${number}`;
}
