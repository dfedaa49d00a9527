// What a group may be called, and the search of the list of groups.
import { byteLength, validateOneLine } from "../../kernel/rules/text.ts";

/** As Coder's: names may come from an identity provider. */
const maxNameLength = 255;
const maxDisplayNameLength = 64;
const maxUrlBytes = 2_000;
/** Path segments of Coder's pages, and its group of all users. */
const reserved = new Set(["new", "create", "everyone"]);

export interface GroupFields {
  name: string;
  displayName: string;
  avatarUrl: string;
}

export function groupProblems({ name, displayName, avatarUrl }: GroupFields) {
  return [
    { field: "name", detail: nameProblem(name) },
    { field: "display_name", detail: displayNameProblem(displayName) },
    { field: "avatar_url", detail: urlProblem(avatarUrl) },
  ].flatMap(({ field, detail }) => (detail === undefined ? [] : [{ field, detail }]));
}

function nameProblem(name: string): string | undefined {
  if (name.length === 0 || name.length > maxNameLength) return `must have 1 to ${maxNameLength} characters`;
  if (reserved.has(name.toLowerCase())) return `"${name}" is a reserved word; choose another`;
  return /^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$/.test(name)
    ? undefined
    : "use only letters, digits and single hyphens";
}

function displayNameProblem(text: string): string | undefined {
  if (text.length > maxDisplayNameLength)
    return `${text.length} characters, at most ${maxDisplayNameLength} allowed`;
  return validateOneLine(text);
}

function urlProblem(url: string): string | undefined {
  if (url === "") return undefined;
  if (byteLength(url) > maxUrlBytes) return `has more than ${maxUrlBytes} bytes`;
  return /^(https?:\/\/|\/)[^\s]+$/i.test(url) ? undefined : "must be a URL or a path";
}

/** Each must occur in the name or the display name. */
export const wordsOf = (q: string): string[] => q.split(/\s+/).filter((word) => word !== "");
