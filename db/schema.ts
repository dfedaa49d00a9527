// Every table, index and state. A test compares the migrations with it.
// Times are integer epoch milliseconds from the application's clock; ids are UUIDs of version 7 as text.
export * from "./rules/values.ts";
export * from "./schema/accounts.ts";
export * from "./schema/groups.ts";
export * from "./schema/sign-in.ts";
export * from "./schema/receivers.ts";
export * from "./schema/notifications.ts";
export * from "./schema/attempts.ts";
export * from "./schema/inbox.ts";
export * from "./schema/inbox-changes.ts";
export * from "./schema/mutes.ts";
export * from "./schema/rules.ts";
export * from "./schema/escalations.ts";
export * from "./schema/push.ts";
export * from "./schema/situations.ts";
export * from "./schema/templates.ts";
export * from "./schema/workspaces.ts";
export * from "./schema/agents.ts";
export * from "./schema/agent-sessions.ts";
export * from "./schema/prebuilds.ts";
export * from "./schema/sources.ts";
