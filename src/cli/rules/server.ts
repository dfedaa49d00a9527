// Which server to call with which key, and when a failed call is worth a retry. A stored key is only sent to its own server.

export const defaultUrl = "http://127.0.0.1:4747";

export interface ServerChoice {
  url: string;
  token: string | undefined;
  /** Where the key is from. */
  source: "option" | "environment" | "stored" | "none";
}

export interface ServerSources {
  option: { url: string | undefined; token: string | undefined };
  environment: { url: string | undefined; token: string | undefined };
  /** Without a token after a sign-out. */
  stored: { url: string; token: string | undefined } | undefined;
}

/** Throws `InvalidUrlError`. */
export function chooseServer({ option, environment, stored }: ServerSources): ServerChoice {
  const url = readUrl(option.url ?? filled(environment.url) ?? stored?.url ?? defaultUrl);
  if (option.token !== undefined) return { url, token: option.token, source: "option" };
  const fromEnvironment = filled(environment.token);
  if (fromEnvironment !== undefined) return { url, token: fromEnvironment, source: "environment" };
  if (stored !== undefined && readUrl(stored.url) === url)
    return { url, token: stored.token, source: "stored" };
  return { url, token: undefined, source: "none" };
}

const filled = (value: string | undefined) =>
  value === undefined || value.trim() === "" ? undefined : value.trim();

export class InvalidUrlError extends Error {}

/** `host:4747` means `http://host:4747`. */
export function readUrl(text: string): string {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    throw new InvalidUrlError(
      `Invalid address "${text}", use one like ${defaultUrl} or https://belfry.example.com`,
    );
  }
  return url.origin + url.pathname.replace(/\/(api\/v2\/?)?$/, "").replace(/\/+$/, "");
}

/** Whether a retry can succeed: the server was unreachable, failed or was busy. */
export const isTransient = ({ status }: { status: number | undefined }): boolean =>
  status === undefined || status >= 500 || status === 429;

/** Whether an agent's report is worth a retry: Belfry starts, is busy, or the agent's build is not complete yet. */
export const isReportRetryable = ({
  status,
  isBelfry,
}: {
  status: number | undefined;
  isBelfry: boolean;
}): boolean =>
  isTransient({ status }) ||
  status === 409 ||
  // A proxy in front of a server that starts.
  (!isBelfry && status === 404);

const minDelayMs = 250;
const maxDelayMs = 10_000;

/** Delay after this number of attempts; `random` (0 to 1) spreads agents that started together. */
export const reportRetryDelayMs = (tries: number, random: number): number =>
  Math.min(maxDelayMs, minDelayMs * 2 ** (tries - 1)) * (0.75 + random / 2);
