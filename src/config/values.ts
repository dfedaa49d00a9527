// Types of environment variables, each with its error message.
import * as z from "zod";
import { parseRange } from "../kernel/rules/client-address.ts";
import { editDistance } from "../kernel/rules/text.ts";

const durationUnits: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `30s`, `5m`, `1h30m`, `7d`; undefined if invalid. */
export function parseDuration(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== text) return undefined;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * durationUnits[unit!]!, 0);
}

export const duration = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const value = parseDuration(text);
      if (value !== undefined) return value;
      context.addIssue({
        code: "custom",
        message: `"${text}" is not a duration; use a value like 30s, 5m or 1h30m`,
      });
      return z.NEVER;
    });

export const flag = (fallback: boolean) =>
  z
    .enum(["true", "false", "1", "0"], {
      error: (issue) => `"${String(issue.input)}" is neither true nor false`,
    })
    .default(fallback ? "true" : "false")
    .transform((text) => text === "true" || text === "1");

export const count = (fallback: number, min: number, max: number) =>
  z
    .string()
    .default(String(fallback))
    .transform((text, context) => {
      const value = Number(text);
      if (/^\d+$/.test(text) && value >= min && value <= max) return value;
      context.addIssue({ code: "custom", message: `"${text}" is not a whole number from ${min} to ${max}` });
      return z.NEVER;
    });

export const webUrl = (schemes: string[]) =>
  z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol), {
    error: (issue) =>
      `"${String(issue.input)}" is not a URL; use one like ${schemes.at(-1)}//host.example.com`,
  });

export interface WebhookAddress {
  /** Without a name and a password. */
  endpoint: string;
  /** The value of the `Authorization` header (RFC 7617) when the address has a name or a password. */
  authorization: string | undefined;
}

/** The text is never repeated in an error: it may hold a password. */
export const webhookAddress = z.string().transform((text, context): WebhookAddress => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const credentials = url === undefined ? undefined : decodeCredentials(url);
  if (url !== undefined && /^https?:$/.test(url.protocol) && credentials !== undefined) {
    url.username = "";
    url.password = "";
    const isPlain = credentials === "";
    return {
      endpoint: isPlain ? text : url.href,
      authorization: isPlain ? undefined : `Basic ${Buffer.from(credentials).toString("base64")}`,
    };
  }
  context.addIssue({
    code: "custom",
    message:
      credentials === undefined && url !== undefined
        ? "has a user name or password that is not percent-encoded; write @ as %40, : as %3A and % as %25 (a user name can't contain a colon)"
        : "is not a URL; use one like https://hooks.example.com/belfry or https://user:password@hooks.example.com/belfry",
  });
  return z.NEVER;
});

/** `name:password`, decoded; empty without both, undefined for what can't be sent. */
function decodeCredentials({ username, password }: URL): string | undefined {
  try {
    const [name, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
    if (/[:\p{Cc}]/u.test(name) || /\p{Cc}/u.test(secret)) return undefined;
    return name === "" && secret === "" ? "" : `${name}:${secret}`;
  } catch {
    return undefined;
  }
}

export const webhookSecret = z.string().refine((text) => /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/.test(text), {
  error:
    "must be whsec_ followed by 24 to 64 random bytes in base64; create one with: echo whsec_$(openssl rand -base64 32)",
});

/** The known name nearest to a given one, and their edit distance. */
export function nearestName(name: string, known: string[]): { name: string; distance: number } {
  return known
    .map((candidate) => ({ name: candidate, distance: editDistance(name, candidate) }))
    .toSorted((a, b) => a.distance - b.distance)[0]!;
}

/** The root of all keys: at least 32 random bytes. */
export const secretKey = z.string().refine((text) => /^[A-Za-z0-9+/_-]{43,}={0,2}$/.test(text), {
  error: "must be at least 32 random bytes in base64; create one with: openssl rand -base64 32",
});

/** A URI of security.txt (RFC 9116, 2.5.3): an address to write or call to, or a page. */
export const contact = z
  .string()
  .refine((text) => /^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+|tel:\+[\d-]+)$/.test(text), {
    error: "must be a URI like mailto:security@example.com or https://example.com/report",
  });

export const metricsToken = z.string().refine((text) => /^[\x21-\x7e]{16,}$/.test(text), {
  error: "must be at least 16 characters without blanks; create one with: openssl rand -hex 32",
});

export const proxyHeader = z
  .string()
  .regex(/^[A-Za-z0-9-]+$/, "must be the name of a header, like X-Forwarded-For")
  .transform((name) => name.toLowerCase());

/** Addresses and ranges, separated by commas. */
export const proxyOrigins = z.string().transform((text, context) => {
  const parts = text.split(",").filter((part) => part.trim() !== "");
  const ranges = parts.map((part) => parseRange(part));
  const wrong = ranges.indexOf(undefined);
  const known = ranges.filter((range) => range !== undefined);
  if (wrong === -1 && known.length > 0) return known;
  context.addIssue({
    code: "custom",
    message: `"${parts[wrong]?.trim() ?? text}" is not a range of addresses; use a list like 10.0.0.0/8, 127.0.0.1`,
  });
  return z.NEVER;
});
