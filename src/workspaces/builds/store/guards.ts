// Guards in SQL that changes of templates carry: who may, at the very moment of the write.
import { sql, type SQL } from "drizzle-orm";
import type { Actor } from "../../../accounts/rules/actor.ts";
import { rolesWithPermission } from "../../../accounts/rules/permissions.ts";
import { keyExistsSql } from "../../../accounts/store/keys.ts";

/** `templates:manage` while the caller is signed in. */
export const mayStillManageTemplates = (actor: Pick<Actor, "userId" | "keyId">): SQL => sql`(
  ${keyExistsSql(actor.keyId)}
  AND EXISTS (SELECT 1 FROM user_roles WHERE user_id = ${actor.userId} AND role IN (SELECT value FROM json_each(${JSON.stringify(rolesWithPermission("templates:manage"))}))))`;
