// Deletes what nobody needs any more, once a day: logs of builds, builds with all that belongs to them, deleted workspaces,
// template versions that were never used, and files that no version has. A run that is out of time goes on in the next tick
// where it stopped.
import type { Statement } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { pause } from "../../kernel/pause.ts";
import {
  deleteBuilds,
  deleteFiles,
  deleteLogs,
  deleteVersions,
  deleteWorkspaces,
  pageRows,
  walkBuilds,
  walkFiles,
  walkVersions,
  walkWorkspaces,
  type WalkedRow,
} from "./store/old-rows.ts";
import { readProgress, writeProgress } from "./store/progress.ts";

/** Between two runs. */
const intervalMs = 86_400_000;
/** After a start with a new database. */
const firstMs = 3_600_000;
/** Another instance goes on with a run that reports nothing for so long. */
const silentMs = 120_000;

/** What is deleted in one write: it takes a few milliseconds, and other writes come between two. */
const maxLogs = 1_000;
const maxBuilds = 20;
const maxRows = 50;
/** Up to 32 MiB each. */
const maxFiles = 2;

const passes = ["builds", "workspaces", "versions", "files"] as const;
type Pass = (typeof passes)[number];

interface Place {
  pass: Pass;
  /** The last row that was looked at. */
  after: number | string;
}
const beginning: Place = { pass: "builds", after: 0 };

interface Progress {
  dueAt: number;
  /** Where a run goes on; left out: at the beginning. */
  place?: Place;
}

export const retentionReads = () => ({ retention: readProgress() });
type Read = { retention: { value: string }[] };

const parse = (value: string) => JSON.parse(value) as Progress;

/** For the write of a tick that has found none: the first run isn't due at once. */
export const noteFirstRun = (deps: Deps, { retention }: Read): Statement[] =>
  retention.length > 0
    ? []
    : [writeProgress(JSON.stringify({ dueAt: deps.now() + firstMs }), undefined, deps.now())];

export const isRetentionDue = ({ retention }: Read, now: number): boolean =>
  retention[0] !== undefined && parse(retention[0].value).dueAt <= now;

/** Until `until` (epoch milliseconds) at most. Returns how many rows were deleted, by what they are. */
export async function deleteOld(
  deps: Deps,
  { retention }: Read,
  until: number,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const found = retention[0]!.value;
  let place: Place | null = parse(found).place ?? beginning;
  const held = await note(deps, found, { dueAt: deps.now() + silentMs, place });
  if (held === null) return counts;
  while (place !== null && !deps.process.stopping.aborted && deps.now() < until) {
    place = await walk(deps, place, counts);
    await pause();
  }
  await note(deps, held, place === null ? { dueAt: deps.now() + intervalMs } : { dueAt: deps.now(), place });
  if (Object.keys(counts).length > 0) deps.log.info("deleted what is older than its retention", counts);
  return counts;
}

/** The progress as it is now; null if another instance has changed it. */
async function note(deps: Deps, before: string, next: Progress): Promise<string | null> {
  // By whom, so that two instances don't take the same run.
  const value = JSON.stringify({ ...next, by: deps.newId() });
  const { progress } = await deps.db.write([writeProgress(value, before, deps.now())], {
    progress: readProgress(),
  });
  return progress[0]?.value === value ? value : null;
}

/** A page of a pass; answers where to go on, null at the end of all. */
async function walk(
  deps: Deps,
  { pass, after }: Place,
  counts: Record<string, number>,
): Promise<Place | null> {
  const rows = await walkers[pass](deps, after, counts);
  if (rows.length === pageRows) return { pass, after: rows.at(-1)!.place };
  const next = passes[passes.indexOf(pass) + 1];
  return next === undefined ? null : { pass: next, after: next === "files" ? "" : 0 };
}

type Walker = (deps: Deps, after: number | string, counts: Record<string, number>) => Promise<WalkedRow[]>;

const walkers: Record<Pass, Walker> = {
  builds: async (deps, after, counts) => {
    const { buildLogs, builds } = deps.config.retention;
    const [logsBefore, before] = [deps.now() - buildLogs, deps.now() - builds];
    const { rows } = await deps.db.read({ rows: walkBuilds(Number(after), { logsBefore, before }) });
    const withLogs = rows
      .filter(({ hasOldLogs, isOld }) => hasOldLogs === 1 || isOld === 1)
      .map(({ id }) => id);
    await deleteAllLogs(deps, withLogs, counts);
    await deleteRows(deps, rows, {
      counts,
      name: "builds",
      max: maxBuilds,
      remove: (ids) => deleteBuilds(ids, before),
    });
    return rows;
  },
  workspaces: async (deps, after, counts) => {
    const before = deps.now() - deps.config.retention.builds;
    const { rows } = await deps.db.read({ rows: walkWorkspaces(Number(after), before) });
    const remove = (ids: string[]) => deleteWorkspaces(ids, before);
    await deleteRows(deps, rows, { counts, name: "workspaces", max: maxRows, remove });
    return rows;
  },
  versions: async (deps, after, counts) => {
    const before = deps.now() - deps.config.retention.templateVersions;
    const { rows } = await deps.db.read({ rows: walkVersions(Number(after), before) });
    const remove = (ids: string[]) => deleteVersions(ids, before);
    await deleteRows(deps, rows, { counts, name: "template_versions", max: maxRows, remove });
    return rows;
  },
  files: async (deps, after, counts) => {
    const before = deps.now() - deps.config.retention.files;
    const { rows } = await deps.db.read({ rows: walkFiles(String(after), before) });
    const remove = (ids: string[]) => deleteFiles(ids, before);
    await deleteRows(deps, rows, { counts, name: "files", max: maxFiles, remove });
    return rows;
  },
};

interface Deletion {
  counts: Record<string, number>;
  name: string;
  /** Rows of one write. */
  max: number;
  remove: (ids: string[]) => Statement;
}

async function deleteRows(deps: Deps, rows: readonly WalkedRow[], deletion: Deletion): Promise<void> {
  const { counts, name, max, remove } = deletion;
  const ids = rows.filter(({ isOld }) => isOld === 1).map(({ id }) => id);
  for (let at = 0; at < ids.length; at += max) {
    const { deleted } = await deps.db.write([], { deleted: remove(ids.slice(at, at + max)) });
    counts[name] = (counts[name] ?? 0) + (deleted as unknown[]).length;
    await pause();
  }
}

async function deleteAllLogs(
  deps: Deps,
  buildIds: readonly string[],
  counts: Record<string, number>,
): Promise<void> {
  if (buildIds.length === 0) return;
  for (let last = maxLogs; last === maxLogs;) {
    const { deleted } = await deps.db.write([], { deleted: deleteLogs(buildIds, maxLogs) });
    last = (deleted as unknown[]).length;
    counts["build_logs"] = (counts["build_logs"] ?? 0) + last;
    await pause();
  }
}
