// The signed-in user, and whether the key of a request is valid.
import type { SiteRole, TokenScope, UserStatus } from "../../../db/schema.ts";
import { equalHashes, type Credential } from "./api-key.ts";

/** A signed-in user, as every handler sees them. */
export interface Actor {
  userId: string;
  username: string;
  email: string;
  name: string;
  roles: SiteRole[];
  keyId: string;
  kind: "session" | "token";
  scope: TokenScope;
}

/** What the look-up of a key finds. */
export interface SessionRow {
  keyId: string;
  secretHash: string;
  kind: "session" | "token";
  scope: TokenScope;
  expiresAt: number;
  lifetimeSeconds: number;
  lastUsedAt: number | null;
  userId: string;
  username: string;
  email: string;
  name: string;
  status: UserStatus;
  isSystem: boolean;
  /** JSON array. */
  roles: string;
}

export type SessionVerdict =
  | { ok: true; actor: Actor }
  | { ok: false; why: "unknown" | "expired" | "suspended" };

export function verifySession(
  row: SessionRow | undefined,
  credential: Credential,
  now: number,
): SessionVerdict {
  if (row === undefined || !equalHashes(row.secretHash, credential.secretHash))
    return { ok: false, why: "unknown" };
  if (row.expiresAt <= now) return { ok: false, why: "expired" };
  if (row.status !== "active" || row.isSystem) return { ok: false, why: "suspended" };
  const { userId, username, email, name, keyId, kind, scope } = row;
  const roles = JSON.parse(row.roles) as SiteRole[];
  return { ok: true, actor: { userId, username, email, name, roles, keyId, kind, scope } };
}

const keyUseIntervalMs = 3_600_000;

/** The use of a key is noted at most hourly; a session then lasts its whole lifetime again. */
export function isKeyUseDue(row: SessionRow, now: number): boolean {
  return row.lastUsedAt === null || now - row.lastUsedAt >= keyUseIntervalMs;
}
