// Password rules: length, entropy, and not derived from the user's name or a common password.

export interface PasswordVerdict {
  valid: boolean;
  /** What is wrong, in words; empty when nothing is. */
  details: string;
}

export interface PasswordOwner {
  email?: string | undefined;
  username?: string | undefined;
}

const minBytes = 8;
const maxBytes = 64;
const minBits = 52;
/** Shorter names are in many good passwords by chance. */
const minNameLength = 3;

/** The form that is judged, hashed and compared: the same characters, however the keyboard composed them. */
export const normalizePassword = (password: string): string => password.normalize("NFKC");

/** `common`: the commonest passwords in lower case, each on a line of its own; empty for none. */
export function validatePasswordRules(
  password: string,
  owner: PasswordOwner = {},
  common = "",
): PasswordVerdict {
  const text = normalizePassword(password);
  const bytes = new TextEncoder().encode(text).length;
  if (bytes < minBytes)
    return reject(`It is too short: it needs at least ${minBytes} characters, better more.`);
  if (bytes > maxBytes)
    return reject(`It is too long: it has ${bytes} bytes, and ${maxBytes} are the most that are allowed.`);
  const bits = entropy(text);
  if (bits < minBits) {
    return reject(
      `It is too easy to guess (${Math.floor(bits)} of ${minBits} bits). Make it longer, or mix words, digits and signs; repeated letters and runs like 1234 hardly count.`,
    );
  }
  if (entropy(withoutNames(text, owner)) < minBits)
    return reject("It is made of the username or the email address. Leave these out, or add to them.");
  if (entropy(withoutCommon(text, common)) < minBits) {
    return reject(
      "It is made of a common password, which is tried first; digits and signs around it hardly help. Take several words that don't belong together.",
    );
  }
  return { valid: true, details: "" };
}

const reject = (details: string): PasswordVerdict => ({ valid: false, details });

/** Size of each kind of characters: what a guesser has to try for each place once the kind occurs. */
const characterKinds: [pattern: RegExp, size: number][] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[ -/:-@[-`{-~]/, 33],
  [/[^ -~]/, 100],
];

/** Bits: log2 of the characters to choose from, for each character that is worth counting. */
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
  for (const [place, character] of characters.entries()) {
    if (continuesRun(points, place)) continue;
    const weight = weights.get(character) ?? 1;
    weights.set(character, weight / 2);
    length += weight;
  }
  return length;
}

function continuesRun(points: readonly number[], place: number): boolean {
  if (place < 2) return false;
  const step = points[place]! - points[place - 1]!;
  return Math.abs(step) <= 1 && step === points[place - 1]! - points[place - 2]!;
}

function withoutNames(text: string, { email = "", username = "" }: PasswordOwner): string {
  const names = [email, email.slice(0, Math.max(0, email.lastIndexOf("@"))), username]
    .map((name) => normalizePassword(name).toLowerCase())
    .filter((name) => name.length >= minNameLength)
    .toSorted((a, b) => b.length - a.length);
  return names.reduce((rest, name) => without(rest, name), text);
}

/** Takes a name out wherever it stands, in any case. */
function without(text: string, name: string): string {
  const pattern = name.replaceAll(/[^\p{L}\p{N}]/gu, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`);
  return text.replaceAll(new RegExp(pattern, "giu"), "");
}

/** What people write instead of a letter. */
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

/** Takes out the word within digits and signs where it is a common password, also in disguise or twice over. */
function withoutCommon(text: string, common: string): string {
  const [, before = "", word = "", after = ""] = /^([^\p{L}]*)(.*?)([^\p{L}]*)$/su.exec(text) ?? [];
  const plain = word.toLowerCase();
  const undisguised = Array.from(plain, (letter) => disguises[letter] ?? letter).join("");
  const once = (form: string) => /^(.+?)\1+$/su.exec(form)?.[1] ?? form;
  const isCommon = [plain, undisguised].some(
    (form) => form !== "" && [form, once(form)].some((one) => common.includes(`\n${one}\n`)),
  );
  return isCommon ? before + after : text;
}
