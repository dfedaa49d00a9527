// What owners say about a receiver, and what is wrong with it.
import {
  minSeverities,
  type MinSeverity,
  type ReceiverFormat,
  type ReceiverRecipients,
} from "../../../../db/schema.ts";
import { findKind, kinds } from "../../kinds/kinds.ts";
import { addressProblem } from "./address.ts";
import { canReceive } from "./filter.ts";
import { followingFormats, formats } from "./formats/formats.ts";
import type { ReceiverTarget } from "./message.ts";

/** How long a secret that was replaced still signs, in milliseconds. */
export const rotationMs = 86_400_000;
const maxNameLength = 32;
/** The environment's webhook is listed under it. */
export const environmentName = "environment";

export interface Problem {
  field: string;
  detail: string;
}

export function nameProblem(name: string): string | undefined {
  if (name.length === 0 || name.length > maxNameLength) return `must have 1 to ${maxNameLength} characters`;
  if (name === environmentName) return "is the name of the webhook of the environment";
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
    ? undefined
    : "must contain only lowercase letters, digits and single hyphens between them";
}

/** What is open in a product is so for everybody. */
export const recipientsProblem = (
  format: ReceiverFormat,
  recipients: ReceiverRecipients,
): string | undefined =>
  recipients === "each" && followingFormats.includes(format)
    ? `must be everybody: ${formats[format].label} keeps one problem open, however many people are notified`
    : undefined;

const maxHeaders = 10;
const maxHeaderLength = 1_000;
/** Belfry's own, and those of the connection. */
const reserved =
  /^(host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*|user-agent|webhook-.*|x-message-id)$/i;

export function headersProblem(headers: Readonly<Record<string, string>>): string | undefined {
  const entries = Object.entries(headers);
  if (entries.length > maxHeaders) return `at most ${maxHeaders} headers allowed`;
  for (const [name, value] of entries) {
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name)) return `"${name}" is not a valid header name`;
    if (reserved.test(name)) return `${name} is set by Belfry`;
    if (!/^[\x20-\x7e]*$/.test(value) || value.length > maxHeaderLength)
      return `the value of ${name} must have at most ${maxHeaderLength} printable ASCII characters`;
  }
  return undefined;
}

/** Its whole target, as it will be. */
export function targetProblems(
  format: ReceiverFormat,
  { address, headers, secrets }: ReceiverTarget,
  isPrivateAllowed: boolean,
): Problem[] {
  const { label, secret, secretLabel, addressProblem: ofFormat, secretProblem } = formats[format];
  const [given] = secrets;
  const problem = addressProblem(address, isPrivateAllowed) ?? ofFormat?.(new URL(address));
  const ofSecret =
    given === undefined
      ? secret === "required"
        ? `is required: the ${secretLabel} of ${label}`
        : undefined
      : secret === "none"
        ? `${label} has none: its address is the secret`
        : (secretProblem?.(given) ?? plainSecretProblem(given));
  const ofHeaders = headersProblem(headers);
  return [
    ...(problem === undefined ? [] : [{ field: "address", detail: problem }]),
    ...(ofSecret === undefined ? [] : [{ field: "secret", detail: ofSecret }]),
    ...(ofHeaders === undefined ? [] : [{ field: "headers", detail: ofHeaders }]),
  ];
}

const plainSecretProblem = (secret: string): string | undefined =>
  /^[\x21-\x7e]{1,500}$/.test(secret) ? undefined : "must be printable ASCII without blanks";

export type Filtered = { ok: true; kinds: string[] | null } | { ok: false; detail: string };

/** Names of kinds as in the command line (`task-failed`), or ids, also of kinds that other systems have sent. */
export function readKinds(given: readonly string[] | null): Filtered {
  if (given === null || given.length === 0) return { ok: true, kinds: null };
  const ids: string[] = [];
  for (const word of given) {
    const name = word.trim().toLowerCase();
    const id = Object.hasOwn(kinds, name) ? kinds[name as keyof typeof kinds].id : name;
    if (findKind(id) === undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))
      return { ok: false, detail: `unknown kind "${word.trim()}", use names such as ${exampleKinds}` };
    if (!canReceive(id)) return { ok: false, detail: `"${word.trim()}" can't go to a receiver` };
    ids.push(id);
  }
  return { ok: true, kinds: [...new Set(ids)] };
}

const exampleKinds = "prebuild-failure-limit-reached, workspace-autobuild-failed or task-failed";

export const isMinSeverity = (text: string): text is MinSeverity =>
  (minSeverities as readonly string[]).includes(text);
