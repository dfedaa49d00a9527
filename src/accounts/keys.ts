// Creates API keys: the text for the client and the row to store. Detects forged keys without a read.
import type { apiKeys } from "../../db/schema.ts";
import type { Deps } from "../kernel/deps.ts";
import { randomText } from "../kernel/crypto.ts";
import { hashSecret, type Credential, keyIdForSecret, keyPurposes } from "./rules/api-key.ts";
type KeyRow = typeof apiKeys.$inferInsert;

export interface NewKey {
  /** `<id>-<secret>`: shown once, never stored. */
  text: string;
  row: KeyRow;
}

interface Properties extends Pick<KeyRow, "userId" | "kind" | "scope" | "lifetimeSeconds" | "lastUsedAt"> {
  /** Of a token; generated when left out. */
  name?: string | undefined;
  /** Of a session. */
  userAgent?: string | undefined;
}

const maxUserAgentLength = 256;

export function createKey(deps: Deps, properties: Properties): NewKey {
  const now = deps.now();
  const secret = randomText(22);
  const id = keyIdForSecret(deps.keysFor(keyPurposes.api)[0], secret);
  return {
    text: `${id}-${secret}`,
    row: {
      id,
      secretHash: hashSecret(secret),
      createdAt: now,
      updatedAt: now,
      expiresAt: now + properties.lifetimeSeconds * 1_000,
      ...properties,
      userAgent: (properties.userAgent ?? "").slice(0, maxUserAgentLength),
      name: properties.name ?? (properties.kind === "token" ? `token-${id.toLowerCase()}` : ""),
    },
  };
}

/** Each recorded use extends a session by its lifetime. `userAgent`: of the client that asks for it. */
export const createSessionKey = (deps: Deps, userId: string, userAgent: string | undefined): NewKey =>
  createKey(deps, {
    userId,
    kind: "session",
    scope: "all",
    lifetimeSeconds: Math.max(1, Math.floor(deps.config.sessionDuration / 1_000)),
    lastUsedAt: deps.now(),
    userAgent,
  });

/** An unsigned key, once no unsigned keys can be in use. */
export const isForgedKey = (
  { now, process }: Pick<Deps, "now" | "process">,
  credential: Credential,
  purpose: keyof typeof keyPurposes,
): boolean => !credential.isSigned && now() >= process.unsignedUntil.value[purpose];
