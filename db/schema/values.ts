// The values that columns with few of them may hold.
import { sql } from "drizzle-orm";

export const userStatuses = ["active", "suspended"] as const;
export const siteRoles = ["owner", "user-admin", "template-admin", "auditor"] as const;
export const tokenScopes = ["all", "read", "notify"] as const;
export const methods = ["inbox", "webhook", "smtp"] as const;
/** `pending`, `leased` and `temporary_failure` are alive (`due_at` is set); the others are final. */
export const messageStatuses = [
  "pending",
  "leased",
  "sent",
  "temporary_failure",
  "permanent_failure",
  "inhibited",
] as const;
export const attemptOutcomes = ["started", "sent", "temporary_failure", "permanent_failure"] as const;

export type UserStatus = (typeof userStatuses)[number];
export type SiteRole = (typeof siteRoles)[number];
export type TokenScope = (typeof tokenScopes)[number];
export type Method = (typeof methods)[number];
export type MessageStatus = (typeof messageStatuses)[number];
export type AttemptOutcome = (typeof attemptOutcomes)[number];
export interface Action {
  label: string;
  url: string;
}

/** A CHECK for a column that holds one of these. */
export const oneOf = (column: string, values: readonly string[]) =>
  sql.raw(`${column} IN (${values.map((value) => `'${value}'`).join(", ")})`);
