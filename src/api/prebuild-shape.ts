// Pools of prebuilt workspaces and what a pass does about them, on the wire.
import * as z from "zod";
import { prebuildStatuses } from "../../db/schema.ts";
import { time } from "./schemas.ts";

export const poolSchema = z
  .object({
    id: z.string().meta({ description: "the preset" }),
    name: z.string(),
    template_id: z.string(),
    template_name: z.string(),
    template_version_id: z.string(),
    template_version_name: z.string(),
    organization_name: z.string(),
    active: z.boolean().meta({
      description: "its version is the active one, and its template neither deleted nor deprecated",
    }),
    desired: z.number(),
    running: z.number().meta({ description: "expired ones too" }),
    eligible: z.number().meta({ description: "can be claimed at this moment" }),
    expired: z.number(),
    starting: z.number(),
    stopping: z.number(),
    deleting: z.number(),
    not_eligible: z.array(z.object({ workspace_id: z.string(), workspace: z.string(), why: z.string() })),
    status: z.enum(prebuildStatuses),
    limited_since: time.nullable(),
    failures: z.number().meta({ description: "builds in a row that have failed, the newest first" }),
    failure_limit: z.number().meta({ description: "so many in a row, and nothing new is made; 0: no limit" }),
    backoff_until: time.nullable(),
    last_failures: z.array(
      z.object({
        build_id: z.string(),
        build_number: z.number(),
        workspace_id: z.string(),
        workspace: z.string(),
        error: z.string().meta({ description: "its first line" }),
        error_code: z.string().nullable(),
        created_at: time,
      }),
    ),
  })
  .meta({ id: "PrebuildPool" });

export const actionKinds = [
  "create",
  "delete",
  "cancel",
  "mark_hard_limited",
  "mark_validation_failed",
  "mark_normal",
  "backoff",
  "suppress",
  "wait",
] as const;

export const actionSchema = z
  .object({
    action: z.enum(actionKinds).meta({
      description:
        "create, delete, cancel: workspaces of the pool; mark_…: the preset; backoff, suppress, wait: why nothing happens",
    }),
    preset_id: z.string(),
    preset: z.string(),
    template_id: z.string(),
    template: z.string(),
    template_version: z.string(),
    count: z.number(),
    workspaces: z.array(z.object({ id: z.string(), name: z.string() })),
    until: time.nullable().meta({ description: "when a backoff ends" }),
    reason: z.string().meta({ description: "a sentence without its full stop" }),
  })
  .meta({ id: "PrebuildAction" });

/** `planned`: a dry run; `done`: a pass was made; `paused` and `busy` (another pass is under way): nothing was done. */
export const passOutcomes = ["planned", "done", "paused", "busy"] as const;

export const passSchema = z
  .object({
    outcome: z.enum(passOutcomes),
    reconciliation_paused: z.boolean(),
    presets: z.array(poolSchema),
    actions: z.array(actionSchema),
  })
  .meta({ id: "PrebuildPass" });
