// A key on the wire, without its secret, as Coder's clients know one.
import * as z from "zod";
import { tokenScopes } from "../../db/schema.ts";
import type { findKey } from "../accounts/store/keys.ts";
import { field, number, shape, string, time, timeOrNever } from "../http/wire.ts";

type KeyRow = ReturnType<typeof findKey>["_"]["result"][number];

export const keyShape = shape<KeyRow>("APIKey")({
  id: string((row) => row.id),
  user_id: string((row) => row.userId),
  last_used: timeOrNever((row) => row.lastUsedAt),
  expires_at: time((row) => row.expiresAt),
  created_at: time((row) => row.createdAt),
  updated_at: time((row) => row.updatedAt),
  login_type: field(z.enum(["password", "token"]), (row) => (row.kind === "token" ? "token" : "password")),
  scope: field(z.enum(tokenScopes), (row) => row.scope),
  scopes: field(z.array(z.enum(tokenScopes)), (row) => [row.scope]),
  token_name: string((row) => row.name),
  lifetime_seconds: number((row) => row.lifetimeSeconds),
});

export const tokenShape = shape<KeyRow & { username: string }>("APIKeyWithOwner")({
  ...keyShape.members,
  username: string((row) => row.username),
});
