// Names of templates, versions and parameters, and generated names for versions. Each check returns the problem.

const maxNameLength = 32;
const maxVersionNameLength = 64;

export function problemWithTemplateName(name: string): string | undefined {
  if (name.length === 0 || name.length > maxNameLength) return `must have 1 to ${maxNameLength} characters`;
  return /^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$/.test(name)
    ? undefined
    : "must contain only letters, digits and single hyphens between them";
}

export function problemWithVersionName(name: string): string | undefined {
  if (name.length === 0 || name.length > maxVersionNameLength)
    return `must have 1 to ${maxVersionNameLength} characters`;
  return /^[a-zA-Z0-9]+([_.-][a-zA-Z0-9]+)*$/.test(name)
    ? undefined
    : "must contain only letters, digits and single . _ - between them";
}

/** What Coder calls the parameter that has the prompt of a task. */
export const aiPromptParameter = "AI Prompt";

/** Terraform's variables are called so, and parameters become such. */
export function problemWithParameterName(name: string): string | undefined {
  if (name === aiPromptParameter) return undefined;
  if (name.length === 0 || name.length > maxVersionNameLength)
    return `must have 1 to ${maxVersionNameLength} characters`;
  return /^[a-zA-Z_][a-zA-Z0-9_-]*$/.test(name)
    ? undefined
    : `must contain only letters, digits, _ and -, and begin with a letter or _, or be "${aiPromptParameter}"`;
}

const adjectives = ["brave", "bright", "calm", "clever", "eager", "fair", "gentle", "glad", "happy", "keen"];
const moreAdjectives = ["kind", "light", "merry", "neat", "proud", "quick", "quiet", "sunny", "tidy", "wise"];
const animals = ["badger", "beaver", "bison", "crane", "falcon", "ferret", "finch", "fox", "hare", "heron"];
const moreAnimals = ["ibex", "lark", "lynx", "marten", "otter", "owl", "raven", "robin", "seal", "stork"];

/** Like `quiet_otter12`; `chance` is three numbers from 0 up to 1, each used once. */
export function generateVersionName(chance: readonly [number, number, number]): string {
  const pick = (words: string[], at: number) => words[Math.floor(at * words.length)]!;
  const number = 10 + Math.floor(chance[2] * 990);
  return `${pick([...adjectives, ...moreAdjectives], chance[0])}_${pick([...animals, ...moreAnimals], chance[1])}${number}`;
}
