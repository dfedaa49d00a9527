// Restarting a workspace: a stop that is followed by a start with the same version and parameters. The start is created as
// soon as the stop has succeeded; the tick sees to those whose process died in between.
import type { Answers } from "../../../db/client.ts";
import { audit } from "../../accounts/audit.ts";
import { andSql } from "../../accounts/store/manage.ts";
import type { Deps } from "../../kernel/deps.ts";
import { startReads } from "../autostart/store/autostart.ts";
import { emptyBuild } from "./decide-build.ts";
import { nextGeneration, nextNumber, nextParameters } from "./rules/next-build.ts";
import {
  buildExistsSql,
  insertBuild,
  listExistingBuilds,
  whereLatestBuildUnchanged,
  type NewBuild,
} from "./store/builds.ts";
import { endRestarts, listRestarts, restartsSql, type RestartRow } from "./store/restarts.ts";

/** In one go; the others follow in the next tick. */
const maxRestarts = 50;

export const restartReads = () => ({ restarts: listRestarts(maxRestarts) });
type Restarts = Answers<ReturnType<typeof restartReads>>;

/** Starts the workspaces whose stop has succeeded; where something else has happened since, nothing follows. */
export async function continueRestarts(deps: Deps, { restarts }: Restarts): Promise<void> {
  if (restarts.length === 0) return;
  const due = restarts.filter(({ isDue }) => isDue === 1);
  const before = await deps.db.read(
    startReads(
      due.map(({ versionId }) => versionId),
      due.map(({ id }) => id),
    ),
  );
  const starts = due.map((row) => planStart(deps, row, before));
  const { created } = await deps.db.write(
    [...starts.flatMap(({ statements }) => statements), endRestarts(restarts.map(({ id }) => id))],
    { created: listExistingBuilds(starts.map(({ id }) => id)) },
  );
  if (created.length > 0) deps.process.jobs.wake();
}

function planStart(deps: Deps, row: RestartRow, before: Answers<ReturnType<typeof startReads>>) {
  const version = before.versions.find(({ id }) => id === row.versionId)!;
  const previous = before.previous.filter(({ buildId }) => buildId === row.id);
  const definitions = before.definitions.filter(({ versionId }) => versionId === row.versionId);
  const verdict = nextParameters({ definitions, previous, preset: [], requested: [] });
  const build: NewBuild = {
    ...emptyBuild(deps.newId(), deps.now()),
    workspaceId: row.workspaceId,
    number: nextNumber(row),
    versionId: row.versionId,
    transition: "start",
    reason: "initiator",
    initiatorId: row.initiatorId,
    agentGeneration: nextGeneration(row, "start", deps.newId()),
    hasAiTask: version.hasAiTask,
  };
  const guard = andSql(whereLatestBuildUnchanged(row.workspaceId, row.id), restartsSql(row.id));
  const entry = {
    actorId: row.initiatorId,
    action: "start",
    resourceType: "workspace_build" as const,
    resourceId: build.id,
    detail: {
      workspace: row.workspaceName,
      workspace_id: row.workspaceId,
      owner: row.ownerName,
      build_number: build.number,
      version: version.name,
      restart: true,
    },
  };
  return {
    id: build.id,
    statements: [
      // The values that the stop ran with are valid, whatever rules came later.
      ...insertBuild(build, verdict.ok ? verdict.parameters : previous, guard),
      audit({ ...deps, clientAddress: null }, entry, buildExistsSql(build.id)),
    ],
  };
}
