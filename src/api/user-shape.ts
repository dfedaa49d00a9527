// A user on the wire, as Coder's clients know one, and the user whom a path names.
import * as z from "zod";
import { userStatuses, type SiteRole } from "../../db/schema.ts";
import type { Reads } from "../../db/client.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { maySee } from "../accounts/rules/permissions.ts";
import { findUser, type UserRow } from "../accounts/store/users.ts";
import { notFound } from "../errors.ts";
import { load, me, type Ctx } from "./http.ts";
import { time, toTime } from "./schemas.ts";

/** What clients in Go read as "never". */
const never = "0001-01-01T00:00:00Z";
export const toTimeOrNever = (at: number | null): string => (at === null ? never : toTime(at));

export const userSchema = z
  .object({
    id: z.string(),
    username: z.string(),
    name: z.string(),
    email: z.string(),
    avatar_url: z.string(),
    created_at: time,
    updated_at: time,
    last_seen_at: time.meta({ description: `${never} for a user who has never been here` }),
    status: z.enum(userStatuses),
    login_type: z.enum(["password", "none"]),
    theme_preference: z.string(),
    organization_ids: z.array(z.string()),
    roles: z.array(z.object({ name: z.string(), display_name: z.string() })),
  })
  .meta({ id: "User" });

export const roleNames: Record<SiteRole, string> = {
  owner: "Owner",
  "user-admin": "User Admin",
  "template-admin": "Template Admin",
  auditor: "Auditor",
};

export function toUser(row: UserRow): z.infer<typeof userSchema> {
  return {
    id: row.id,
    username: row.username,
    name: row.name,
    email: row.email,
    avatar_url: "",
    created_at: toTime(row.createdAt),
    updated_at: toTime(row.updatedAt),
    last_seen_at: toTimeOrNever(row.lastSeenAt),
    status: row.status,
    login_type: row.isSystem ? "none" : "password",
    theme_preference: "",
    organization_ids: JSON.parse(row.organizations) as string[],
    roles: (JSON.parse(row.roles) as SiteRole[]).map((name) => ({ name, display_name: roleNames[name] })),
  };
}

/** Who asks and whom the path names; 404 for one who isn't there and for one whom the caller may not see. */
export async function loadUser(c: Ctx, name: string): Promise<{ actor: Actor; target: UserRow }> {
  const { actor, target } = await load(c, { target: findUser(name, me(c)) });
  return { actor, target: visible(actor, target[0]) };
}

/** The same for reads of a handler's own, which travel along. */
export async function loadUserWith<T extends Reads>(c: Ctx, name: string, reads: T) {
  const answers = await load(c, { ...reads, target: findUser(name, me(c)) });
  const row = (answers as unknown as { target: UserRow[] }).target[0];
  return { ...answers, target: visible(answers.actor, row) };
}

function visible(actor: Actor, target: UserRow | undefined): UserRow {
  if (target === undefined || !maySee(actor, target)) throw notFound("User");
  return target;
}
