// Table of drift: what a build's plan has said it would destroy and make anew.
import { foreignKey, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { workspaceBuilds } from "./workspaces.ts";

/** One row for each path that forces it, in the order in which they are told. */
export const resourceReplacements = sqliteTable(
  "resource_replacements",
  {
    buildId: text("build_id").notNull(),
    position: integer("position").notNull(),
    /** Of the resource. */
    address: text("address").notNull(),
    /** NULL when the plan names none: it is not counted as drift then. */
    path: text("path"),
    /** Terraform's code for why; NULL when the plan has none. */
    reason: text("reason"),
  },
  (table) => [
    primaryKey({ columns: [table.buildId, table.position] }),
    foreignKey({ columns: [table.buildId], foreignColumns: [workspaceBuilds.id] }).onDelete("cascade"),
  ],
);
