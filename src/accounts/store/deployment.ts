// SQL of facts about the deployment as a whole.
import { and, eq } from "drizzle-orm";
import { query, type Statement } from "../../../db/client.ts";
import { settings } from "../../../db/schema.ts";

const keyCheck = "key_check";

export function readDeploymentId() {
  return query.select({ value: settings.value }).from(settings).where(eq(settings.key, "deployment_id"));
}

/** What the deployment's root key gives for the purpose of being recognised. */
export function readKeyCheck() {
  return query.select({ value: settings.value }).from(settings).where(eq(settings.key, keyCheck));
}

export const insertKeyCheck = (value: string, now: number): Statement =>
  query.insert(settings).values({ key: keyCheck, value, updatedAt: now }).onConflictDoNothing();

export const replaceKeyCheck = (value: string, former: string, now: number): Statement =>
  query
    .update(settings)
    .set({ value, updatedAt: now })
    .where(and(eq(settings.key, keyCheck), eq(settings.value, former)));

/** From now on this key is the deployment's. */
export const writeKeyCheck = (value: string, now: number): Statement =>
  query
    .insert(settings)
    .values({ key: keyCheck, value, updatedAt: now })
    .onConflictDoUpdate({ target: settings.key, set: { value, updatedAt: now } });
