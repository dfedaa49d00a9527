// Password rules: length, entropy, and not derived from the user's name or a common password.

export interface PasswordVerdict {
  valid: boolean;
  /** What is wrong; empty for a valid password. */
  details: string;
}

export interface PasswordOwner {
  email?: string | undefined;
  username?: string | undefined;
}

const minBytes = 8;
const maxBytes = 64;
const minBits = 52;
/** Shorter names occur in many good passwords by chance. */
const minNameLength = 3;

/** The form that is validated, hashed and compared, independent of how the keyboard composed the characters. */
export const normalizePassword = (password: string): string => password.normalize("NFKC");

/** `common`: the commonest passwords in lower case, each on a line of its own; empty for none. */
export function validatePasswordRules(
  password: string,
  owner: PasswordOwner = {},
  common = "",
): PasswordVerdict {
  const text = normalizePassword(password);
  const bytes = new TextEncoder().encode(text).length;
  if (bytes < minBytes) return reject(`Too short: at least ${minBytes} characters required.`);
  if (bytes > maxBytes) return reject(`Too long: ${bytes} bytes, at most ${maxBytes} allowed.`);
  const bits = entropy(text);
  if (bits < minBits) {
    return reject(
      `Too easy to guess (${Math.floor(bits)} of ${minBits} bits). Use more characters, or mix words, digits and symbols; repeated letters and sequences like 1234 hardly count.`,
    );
  }
  if (entropy(withoutNames(text, owner)) < minBits)
    return reject("Based on the username or email address. Leave it out, or add other words.");
  if (entropy(withoutCommon(text, common)) < minBits) {
    return reject(
      "Based on a common password; digits and symbols around it hardly help. Use several unrelated words.",
    );
  }
  return { valid: true, details: "" };
}

const reject = (details: string): PasswordVerdict => ({ valid: false, details });

/** Size of each kind of characters: the guesses for each position once the kind occurs. */
const characterKinds: [pattern: RegExp, size: number][] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[ -/:-@[-`{-~]/, 33],
  [/[^ -~]/, 100],
];

/** Bits: log2 of the alphabet times the counted length. */
export function entropy(text: string): number {
  const pool = characterKinds.reduce((sum, [pattern, size]) => sum + (pattern.test(text) ? size : 0), 0);
  return pool === 0 ? 0 : Math.log2(pool) * countedLength(text);
}

/** Each further time of a character counts half of the one before; what continues a run (aaa, abc, 321) nothing. */
function countedLength(text: string): number {
  const weights = new Map<string, number>();
  const characters = Array.from(text);
  const points = characters.map((character) => character.codePointAt(0)!);
  let length = 0;
  for (const [index, character] of characters.entries()) {
    if (continuesRun(points, index)) continue;
    const weight = weights.get(character) ?? 1;
    weights.set(character, weight / 2);
    length += weight;
  }
  return length;
}

function continuesRun(points: readonly number[], index: number): boolean {
  if (index < 2) return false;
  const step = points[index]! - points[index - 1]!;
  return Math.abs(step) <= 1 && step === points[index - 1]! - points[index - 2]!;
}

function withoutNames(text: string, { email = "", username = "" }: PasswordOwner): string {
  const names = [email, email.slice(0, Math.max(0, email.lastIndexOf("@"))), username]
    .map((name) => normalizePassword(name).toLowerCase())
    .filter((name) => name.length >= minNameLength)
    .toSorted((a, b) => b.length - a.length);
  return names.reduce((rest, name) => without(rest, name), text);
}

/** Removes a name, case-insensitively. */
function without(text: string, name: string): string {
  const pattern = name.replaceAll(/[^\p{L}\p{N}]/gu, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`);
  return text.replaceAll(new RegExp(pattern, "giu"), "");
}

/** Common substitutions for letters. */
const disguises: Record<string, string> = {
  "@": "a",
  "4": "a",
  "3": "e",
  "1": "i",
  "!": "i",
  "0": "o",
  $: "s",
  "5": "s",
  "7": "t",
};

/** Matches every text. */
const parts = /^(?<before>[^\p{L}]*)(?<word>.*?)(?<after>[^\p{L}]*)$/su;

/** Removes the word within digits and symbols if it is a common password, also with substitutions or repeated. */
function withoutCommon(text: string, common: string): string {
  const { before, word, after } = parts.exec(text)!.groups as Record<"before" | "word" | "after", string>;
  const plain = word.toLowerCase();
  const undisguised = Array.from(plain, (letter) => disguises[letter] ?? letter).join("");
  const once = (form: string) => /^(.+?)\1+$/su.exec(form)?.[1] ?? form;
  const isCommon = [plain, undisguised].some(
    (form) => form !== "" && [form, once(form)].some((one) => common.includes(`\n${one}\n`)),
  );
  return isCommon ? before + after : text;
}
