// Autostart, a step of the tick: due workspaces come with the tick's read; the rest is one read and one write. Only the
// instance that moves a workspace's next start creates its build.
import type { Answers } from "../../../db/client.ts";
import { andSql } from "../../accounts/store/manage.ts";
import type { Deps } from "../../kernel/deps.ts";
import { emptyBuild } from "../builds/decide-build.ts";
import {
  notify,
  writeAndNotify,
  type PreparedEvent,
  type StatementOrNotice,
  defineKind,
} from "../../notifications/index.ts";
import { nextStart, whyNotStarted } from "./rules/autostart.ts";
import { autobuildFailed } from "../jobs/ending-kinds.ts";
import { nextGeneration, nextNumber, nextParameters } from "../builds/rules/next-build.ts";
import {
  whereStillDueSql,
  listDueStarts,
  moveNextStart,
  startReads,
  type DueRow,
  workspaceOwnersByIdSql,
} from "./store/autostart.ts";
import {
  buildExistsSql,
  insertBuild,
  whereLatestBuildUnchanged,
  listExistingBuilds,
  type NewBuild,
} from "../builds/store/builds.ts";

/** In one tick; the others follow in the next. */
const maxStartsPerTick = 50;

export const dueStartReads = (now: number) => ({ dueStarts: listDueStarts(now, maxStartsPerTick) });

/** Returns how many builds were created. */
export async function startDue(
  deps: Deps,
  { dueStarts }: Answers<ReturnType<typeof dueStartReads>>,
): Promise<number> {
  if (dueStarts.length === 0) return 0;
  const now = deps.now();
  const starting = dueStarts.filter((row) => {
    const reason = whyNotStarted(row, now);
    if (reason !== undefined) deps.log.info("autostart skipped", { workspace_id: row.workspaceId, reason });
    return reason === undefined;
  });
  const starts = await planStarts(deps, starting, now);
  const left = dueStarts.filter((row) => !starting.includes(row));
  const { created } = await writeAndNotify(
    deps,
    [
      ...starts.flatMap(({ changes }) => changes),
      ...left.map((row) => moveNextStart(row, nextStart(row.schedule, now))),
    ],
    { created: listExistingBuilds(starts.map(({ build }) => build.id)) },
  );
  if (created.length > 0) deps.process.jobs.wake();
  return created.length;
}

interface PlannedStart {
  build: NewBuild;
  changes: StatementOrNotice[];
}

const nextVersionId = ({ automaticUpdates, activeVersionId, latest }: DueRow) =>
  automaticUpdates === "always" ? activeVersionId : latest.versionId;

const startPlanReads = (rows: readonly DueRow[]) => {
  return {
    ...startReads(
      rows.map(nextVersionId),
      rows.map(({ latest }) => latest.id),
    ),
    ...automaticUpdate.reads(rows.map(({ workspaceId }) => workspaceId)),
    ...autobuildFailed.reads(rows.map(({ latest }) => latest.id)),
  };
};
type StartAnswers = Answers<ReturnType<typeof startPlanReads>>;

async function planStarts(deps: Deps, rows: readonly DueRow[], now: number): Promise<PlannedStart[]> {
  if (rows.length === 0) return [];
  const before = await deps.db.read(startPlanReads(rows));
  return rows.map((row) => planStart(deps, row, before, now));
}

/** A start without a required parameter's value becomes a failed build: it has a page and causes a notification. */
function planStart(deps: Deps, row: DueRow, before: StartAnswers, now: number): PlannedStart {
  const version = before.versions.find(({ id }) => id === nextVersionId(row))!;
  const definitions = before.definitions.filter(({ versionId }) => versionId === version.id);
  const previous = before.previous.filter(({ buildId }) => buildId === row.latest.id);
  const verdict = nextParameters({ definitions, previous, preset: [], requested: [] });
  const error = verdict.ok ? null : `Version ${version.name}: ${verdict.validations[0]!.detail}.`;
  const build: NewBuild = {
    ...emptyBuild(deps.newId(), now),
    ...(error === null ? {} : { status: "failed", error, completedAt: now }),
    workspaceId: row.workspaceId,
    number: nextNumber(row.latest),
    versionId: version.id,
    transition: "start",
    reason: "autostart",
    initiatorId: row.ownerId,
    agentGeneration: nextGeneration(row.latest, "start", deps.newId()),
    hasAiTask: version.hasAiTask,
  };
  const parameters = verdict.ok ? verdict.parameters : previous;
  const events = prepareEvents(deps, row, build, version, before);
  return {
    build,
    changes: [
      ...insertBuild(
        build,
        parameters,
        andSql(whereLatestBuildUnchanged(row.workspaceId, row.latest.id), whereStillDueSql(row)),
      ),
      ...events.map((event) => notify(event, { when: buildExistsSql(build.id) })),
      // A workspace that has changed meanwhile is still due: the next tick decides again.
      moveNextStart(row, nextStart(row.schedule, now), buildExistsSql(build.id)),
    ],
  };
}

function prepareEvents(
  deps: Deps,
  row: DueRow,
  build: NewBuild,
  version: StartAnswers["versions"][number],
  before: StartAnswers,
): PreparedEvent[] {
  if (build.error != null) {
    const initiator = { initiatorId: row.ownerId, initiatorName: row.ownerName, initiatorIsSystem: false };
    const ended = {
      ...row,
      ...initiator,
      ...build,
      templateSlug: row.templateName,
      versionName: version.name,
    };
    return [autobuildFailed.prepare(deps, before, { build: ended, error: build.error })];
  }
  if (version.id === row.latest.versionId) return [];
  return [automaticUpdate.prepare(deps, before, { ...row, buildId: build.id, version })];
}

export interface AutomaticUpdate {
  /** The id of the build that brings it. */
  buildId: string;
  workspaceId: string;
  workspaceName: string;
  ownerId: string;
  ownerName: string;
  templateId: string;
  templateName: string;
  organizationId: string;
  version: { name: string; message: string };
}

/** Coder's words for a version without a message; the text leaves them out. */
const noVersionMessage = "None provided";

export const automaticUpdate = defineKind("workspace-auto-updated", {
  audience: (workspaceIds: readonly string[]) => ({ userIdsSql: workspaceOwnersByIdSql(workspaceIds) }),
  event: (update: AutomaticUpdate) => ({
    labels: {
      name: update.workspaceName,
      initiator: "autobuild",
      reason: "autostart",
      template_version_name: update.version.name,
      template_version_message: update.version.message || noVersionMessage,
    },
    data: null,
    facts: { template: update.templateName, workspace: update.workspaceName, owner: update.ownerName },
    targets: [update.workspaceId, update.ownerId, update.templateId, update.organizationId],
    createdBy: "autobuild",
    // One build brings one update: its id identifies the event.
    identity: update.buildId,
    recipients: { people: [{ id: update.ownerId, why: "workspace_owner" }] },
  }),
});
