// The variables of what is told about AI tasks. Part of config.ts.
import * as z from "zod";
import { duration } from "./values.ts";
import type { TaskMode } from "../workspaces/agents/rules/app-status.ts";

export type { TaskMode } from "../workspaces/agents/rules/app-status.ts";

export const taskVariables = {
  BELFRY_TASK_NOTIFICATIONS: z.enum(["every", "calm"], { error: "must be every or calm" }).default("every"),
  BELFRY_TASK_IDLE_DWELL: duration("30s"),
} satisfies Record<string, z.ZodType>;

export const toTaskMode = (env: z.infer<z.ZodObject<typeof taskVariables>>): TaskMode =>
  env.BELFRY_TASK_NOTIFICATIONS === "every"
    ? { kind: "every" }
    : { kind: "calm", dwell: env.BELFRY_TASK_IDLE_DWELL };
