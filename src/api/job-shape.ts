// A job on the wire, as a provisioner acquires it, and what it sends when the job is done.
import * as z from "zod";
import { buildStages, logLevels, transitions } from "../../db/schema.ts";
import type { Deps } from "../kernel/deps.ts";
import { createAgentToken } from "../workspaces/agents/rules/agent-token.ts";
import type { Completion } from "../workspaces/jobs/end-job.ts";
import type { LogLine } from "../workspaces/jobs/held-job.ts";
import type { AcquiredRow } from "../workspaces/jobs/store/jobs.ts";
import { filledText, oneLine, text } from "../http/schemas.ts";
import { boolean, field, object, optional, shape, string, time } from "../http/wire.ts";

/** A job with the token of its workspace's agent. */
type AcquiredJob = AcquiredRow & { agentToken: string };

const parameters = z.array(z.object({ name: z.string(), value: z.string(), sensitive: z.boolean() }));

export const acquiredShape = shape<AcquiredJob>("AcquiredJob")({
  job_id: string((row) => row.id),
  lease_expires_at: time((row) => row.leaseExpiresAt ?? 0),
  stage: field(z.enum(buildStages), (row) => row.stage),
  transition: field(z.enum(transitions), (row) => row.transition),
  agent_token: string((row) => row.agentToken),
  file_id: optional(z.string(), (row) => row.fileId),
  has_state: boolean((row) => row.hasState === 1),
  workspace: object({
    id: string((row) => row.workspaceId),
    name: string((row) => row.workspaceName),
    owner_name: string((row) => row.ownerName),
  }),
  template: object({ id: string((row) => row.templateId), name: string((row) => row.templateName) }),
  template_version: object({ id: string((row) => row.versionId), name: string((row) => row.versionName) }),
  preset: optional(z.object({ id: z.string(), name: z.string() }), (row) =>
    row.presetId === null ? null : { id: row.presetId, name: row.presetName ?? "" },
  ),
  parameters: field(parameters, (row) => JSON.parse(row.parameters) as z.infer<typeof parameters>),
  previous_build: optional(z.object({ number: z.number(), template_version_id: z.string() }), (row) =>
    row.previousVersionId === null
      ? null
      : { number: row.number - 1, template_version_id: row.previousVersionId },
  ),
});

export const toAcquired = (deps: Deps, row: AcquiredRow) =>
  acquiredShape.from({
    ...row,
    agentToken: createAgentToken(deps.keysFor("agent-token")[0], row.workspaceId, row.agentGeneration),
  });

const maxLines = 1_000;

export const linesBody = z
  .array(
    z
      .object({
        id: filledText(64).optional().meta({ description: "lines with the same id are stored once" }),
        level: z.enum(logLevels),
        source: z.enum(["provisioner", "provisioner_daemon"]),
        stage: text(256),
        output: z.string(),
        created_at: z.iso
          .datetime({ offset: true, error: "must be a time as RFC 3339 writes it" })
          .optional(),
      })
      .transform(({ created_at, ...line }): LogLine => ({
        ...line,
        at: created_at === undefined ? undefined : Date.parse(created_at),
      })),
  )
  .max(maxLines, `may have ${maxLines} lines at a time`);

const slug = z
  .string()
  .regex(/^[a-zA-Z0-9](-?[a-zA-Z0-9])*$/, "must have letters and digits, with single hyphens between them")
  .max(64);
const app = z
  .object({ slug, display_name: oneLine(256).nullish(), url: text(2_048).nullish() })
  .transform((sent) => ({
    slug: sent.slug,
    displayName: sent.display_name || sent.slug,
    url: sent.url || null,
  }));
const list = <Item extends z.ZodType>(item: Item, max: number) =>
  z
    .array(item)
    .max(max)
    .nullish()
    .transform((items) => items ?? []);
const agent = z.object({ name: slug, apps: list(app, 100) });
const aiTask = z
  .object({ prompt: text(65_536), sidebar_app_slug: z.string().nullish() })
  .transform((sent) => ({ prompt: sent.prompt, sidebarAppSlug: sent.sidebar_app_slug || undefined }));

export const completeBody = z
  .object({
    resources: z
      .array(z.object({ type: filledText(256), name: filledText(256), agents: list(agent, 100) }))
      .max(5_000),
    ai_task: aiTask.nullish(),
  })
  .transform(({ resources, ai_task }): Completion => ({ resources, aiTask: ai_task ?? undefined }));
