// Which server to call with which key, and when a failed call is worth a retry. A stored key goes only to its own server.

export const defaultUrl = "http://127.0.0.1:4747";

export interface Choice {
  url: string;
  token: string | undefined;
  /** Where the key came from, for words about a bad one. */
  from: "option" | "environment" | "stored" | "nowhere";
}

export interface Sources {
  option: { url: string | undefined; token: string | undefined };
  environment: { url: string | undefined; token: string | undefined };
  /** Without a token after a sign-out. */
  stored: { url: string; token: string | undefined } | undefined;
}

/** A stored key goes to the server that gave it and to no other. Throws with words for an address that is none. */
export function chooseServer({ option, environment, stored }: Sources): Choice {
  const url = readUrl(option.url ?? filled(environment.url) ?? stored?.url ?? defaultUrl);
  if (option.token !== undefined) return { url, token: option.token, from: "option" };
  const fromEnvironment = filled(environment.token);
  if (fromEnvironment !== undefined) return { url, token: fromEnvironment, from: "environment" };
  if (stored !== undefined && readUrl(stored.url) === url)
    return { url, token: stored.token, from: "stored" };
  return { url, token: undefined, from: "nowhere" };
}

const filled = (value: string | undefined) =>
  value === undefined || value.trim() === "" ? undefined : value.trim();

export class NoUrlError extends Error {}

/** `host:4747` is as good as `http://host:4747/`. */
export function readUrl(text: string): string {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    throw new NoUrlError(
      `"${text}" is no address. Write it like ${defaultUrl} or https://belfry.example.com`,
    );
  }
  return url.origin + url.pathname.replace(/\/(api\/v2\/?)?$/, "").replace(/\/+$/, "");
}

/** Whether Belfry may answer in a moment: it didn't, or was busy. */
export const isPassing = ({ status }: { status: number | undefined }): boolean =>
  status === undefined || status >= 500 || status === 429;

/** No answer, or one that a little time may change: Belfry starts, is busy, or the agent's build is not done yet. */
export const isWorthAnother = ({ status, isBelfry }: { status: number | undefined; isBelfry: boolean }) =>
  status === undefined ||
  status >= 500 ||
  status === 409 ||
  status === 429 ||
  // Something in front of it, which may give way.
  (!isBelfry && status === 404);

const shortest = 250;
const longest = 10_000;

/** Milliseconds before the next try; `chance` from 0 to 1 spreads many agents that began together. */
export const waitBefore = (tries: number, chance: number): number =>
  Math.min(longest, shortest * 2 ** (tries - 1)) * (0.75 + chance / 2);
