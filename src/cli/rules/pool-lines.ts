// Pools of prebuilt workspaces as lines for a terminal: a row each, with its problems and planned actions below.
import { formatDuration } from "./time.ts";
import { table, columnsOf, plainLine, wrap } from "./text.ts";
import {
  describeAction,
  failuresByError,
  maxNamed,
  resumeCommand,
  poolStatusLabel,
  type ShownAction,
  type ShownPool,
} from "../../prebuilds/reconcile/rules/pool-messages.ts";

export interface Style {
  now: number;
  /** Of the terminal; undefined: nothing is wrapped. */
  columns: number | undefined;
  bold: (text: string) => string;
}

const headings = ["PRESET", "DESIRED", "RUNNING", "READY", "STARTING", "STATE"];
/** Of all columns but the names and states. */
const otherColumns = 40;

/** The table alone. */
export const poolLines = (pools: readonly ShownPool[], style: Style): string[] =>
  withDetails(pools, style, () => []);

/** The table with the problems of each pool, and what a reconciliation does about them. */
export const planLines = (
  pools: readonly ShownPool[],
  actions: readonly ShownAction[],
  style: Style,
): string[] =>
  withDetails(pools, style, (pool) => [
    ...notEligibleLines(pool),
    ...failureLines(pool, style.now),
    ...actions
      .filter(({ preset_id }) => preset_id === pool.id)
      .map((action) => actionLine(action, style.now)),
    ...resumeLines(pool, style.now),
  ]);

function withDetails(
  pools: readonly ShownPool[],
  { columns, bold }: Style,
  detailsOf: (pool: ShownPool) => string[],
): string[] {
  const names = pools.map(nameOf);
  const states = pools.map(describeState);
  const widest = Math.max(0, ...states.map((state) => state.length));
  const room = columns === undefined ? Infinity : columns - otherColumns - widest;
  const isLong = (index: number) => columnsOf(names[index]!) > room;
  const [heading, ...rows] = table(
    headings,
    pools.map((pool, index) => [
      isLong(index) ? "" : names[index]!,
      ...[pool.desired, pool.running, pool.eligible, pool.starting].map(String),
      states[index]!,
    ]),
  );
  return [
    bold(heading!),
    ...rows.flatMap((row, index) => [
      ...(isLong(index) ? [names[index]!] : []),
      row,
      ...detailsOf(pools[index]!).flatMap((text) => indented(text, columns)),
    ]),
  ];
}

const nameOf = (pool: ShownPool) => {
  const name = plainLine(`${pool.template_name}/${pool.name}`);
  return pool.active ? name : `${name} (${plainLine(pool.template_version_name)})`;
};

/** `hard limit, 3 failed`, `backing off, 1 of 3 failed`, `ok`. */
function describeState(pool: ShownPool): string {
  const { label, streak } = poolStatusLabel(pool);
  return [label, streak].filter(Boolean).join(", ");
}

const since = (time: string, now: number) => formatDuration(Math.max(0, now - Date.parse(time)));

/** A text with its mark (`->`, `!`, `x`) in front, wrapped and indented. */
function indented(text: string, columns: number | undefined): string[] {
  const [mark = "", ...words] = text.split(" ");
  return wrap(words.join(" "), columns === undefined ? undefined : columns - 6).map(
    (line, index) => `  ${index === 0 ? mark.padEnd(2) : "  "} ${line}`,
  );
}

function notEligibleLines({ active, not_eligible: all }: ShownPool): string[] {
  if (!active) return [];
  const named = all
    .slice(0, maxNamed)
    .map(({ workspace, why }) => plainLine(`! ${workspace} is not ready: ${why}`));
  const rest = all.length - named.length;
  return rest > 0 ? [...named, `! ${rest} more are not ready`] : named;
}

/** Builds with the same error are one line. */
const failureLines = (pool: ShownPool, now: number): string[] =>
  failuresByError(pool).map(([error, same]) => {
    const { workspace, build_number, created_at } = same[0]!;
    const build = `build ${build_number} of ${workspace}`;
    const failed = same.length === 1 ? `${build} failed` : `${same.length} builds failed; latest: ${build},`;
    return plainLine(`x ${failed} ${since(created_at, now)} ago: ${error}`);
  });

function actionLine(action: ShownAction, now: number): string {
  const until = action.until === null ? "" : ` until ${formatUntil(action.until, now)}`;
  return plainLine(`-> ${describeAction(action)}${until}: ${action.reason}`);
}

/** `10:05:00 UTC (1 min 20 s)` */
const formatUntil = (time: string, now: number) =>
  `${new Date(time).toISOString().slice(11, 19)} UTC (${formatDuration(Math.max(0, Date.parse(time) - now))})`;

function resumeLines(pool: ShownPool, now: number): string[] {
  const command = resumeCommand(pool);
  if (command === undefined) return [];
  const stopped = pool.status_since === null ? "" : `stopped ${since(pool.status_since, now)} ago; `;
  return [`-> ${stopped}fix the template and push a new version, or resume:`, plainLine(`$ ${command}`)];
}
