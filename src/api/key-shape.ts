// A key on the wire, without its secret, as Coder's clients know one.
import * as z from "zod";
import { tokenScopes } from "../../db/schema.ts";
import type { findKey } from "../accounts/store/keys.ts";
import { time, toTime } from "../http/schemas.ts";
import { toTimeOrNever } from "./user-shape.ts";

export const keySchema = z
  .object({
    id: z.string(),
    user_id: z.string(),
    last_used: time,
    expires_at: time,
    created_at: time,
    updated_at: time,
    login_type: z.enum(["password", "token"]),
    scope: z.enum(tokenScopes),
    scopes: z.array(z.enum(tokenScopes)),
    token_name: z.string(),
    lifetime_seconds: z.number(),
  })
  .meta({ id: "APIKey" });
export const tokenSchema = keySchema.extend({ username: z.string() }).meta({ id: "APIKeyWithOwner" });

type KeyRow = ReturnType<typeof findKey>["_"]["result"][number];

export function toKey(row: KeyRow): z.infer<typeof keySchema> {
  return {
    id: row.id,
    user_id: row.userId,
    last_used: toTimeOrNever(row.lastUsedAt),
    expires_at: toTime(row.expiresAt),
    created_at: toTime(row.createdAt),
    updated_at: toTime(row.updatedAt),
    login_type: row.kind === "token" ? "token" : "password",
    scope: row.scope,
    scopes: [row.scope],
    token_name: row.name,
    lifetime_seconds: row.lifetimeSeconds,
  };
}
