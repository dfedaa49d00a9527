// Pools of prebuilt workspaces as lines for a terminal: a row each, and below it what is the matter and what a pass does.
import { durationWords } from "./time.ts";
import { table, columnsOf, plainLine, wrap } from "./text.ts";
import {
  deedWords,
  failuresAlike,
  mostNamed,
  resumeCommand,
  stateOf,
  type ShownAction,
  type ShownPool,
} from "../../prebuilds/reconcile/rules/pool-words.ts";

export interface Look {
  now: number;
  /** Of the terminal; undefined where there is none: nothing is cut or wrapped then. */
  columns: number | undefined;
  bold: (text: string) => string;
}

const headings = ["POOL", "DESIRED", "RUNNING", "ELIGIBLE", "STARTING", "STATE"];
/** Columns of the table besides names and states. */
const besides = 40;

/** The table alone. */
export const poolLines = (pools: readonly ShownPool[], look: Look): string[] =>
  withDetails(pools, look, () => []);

/** The table, and below each pool what stands in its way and what a pass does about it. */
export const planLines = (
  pools: readonly ShownPool[],
  actions: readonly ShownAction[],
  look: Look,
): string[] =>
  withDetails(pools, look, (pool) => [
    ...notEligible(pool),
    ...failures(pool, look.now),
    ...actions.filter(({ preset_id }) => preset_id === pool.id).map((action) => deed(action, look.now)),
    ...wayOn(pool, look.now),
  ]);

function withDetails(
  pools: readonly ShownPool[],
  { columns, bold }: Look,
  detailsOf: (pool: ShownPool) => string[],
): string[] {
  const names = pools.map(nameOf);
  const states = pools.map(stateWords);
  const longest = Math.max(0, ...states.map((words) => words.length));
  const room = columns === undefined ? Infinity : columns - besides - longest;
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
      ...detailsOf(pools[index]!).flatMap((text) => detail(text, columns)),
    ]),
  ];
}

const nameOf = (pool: ShownPool) => {
  const name = plainLine(`${pool.template_name}/${pool.name}`);
  return pool.active ? name : `${name} of ${plainLine(pool.template_version_name)}`;
};

/** `hard limit, 3 failed`, `backing off, 1 of 3 failed`, `ok`. */
function stateWords(pool: ShownPool): string {
  const { words, streak } = stateOf(pool);
  return [words, streak].filter(Boolean).join(", ");
}

const since = (time: string, now: number) => durationWords(Math.max(0, now - Date.parse(time)));

/** `-> ` and the like in front; what doesn't fit goes on below the words. */
function detail(text: string, columns: number | undefined): string[] {
  const [mark = "", ...words] = text.split(" ");
  return wrap(words.join(" "), columns === undefined ? undefined : columns - 6).map(
    (line, index) => `  ${index === 0 ? mark.padEnd(2) : "  "} ${line}`,
  );
}

function notEligible({ active, not_eligible: all }: ShownPool): string[] {
  if (!active) return [];
  const named = all
    .slice(0, mostNamed)
    .map(({ workspace, why }) => plainLine(`! ${workspace} is not eligible: ${why}`));
  const rest = all.length - named.length;
  return rest > 0 ? [...named, `! ${rest} more are not eligible`] : named;
}

/** Those that failed alike are told together. */
const failures = (pool: ShownPool, now: number): string[] =>
  failuresAlike(pool).map(([error, alike]) => {
    const { workspace, build_number, created_at } = alike[0]!;
    const which = `build ${build_number} of ${workspace}`;
    const who = alike.length === 1 ? which : `${alike.length} builds, the last ${which},`;
    return plainLine(`x ${who} failed ${since(created_at, now)} ago: ${error}`);
  });

function deed(action: ShownAction, now: number): string {
  const until = action.until === null ? "" : ` until ${untilWords(action.until, now)}`;
  return plainLine(`-> ${deedWords(action)}${until}: ${action.reason}`);
}

/** `10:05:00 UTC, another 1 m 20 s` */
const untilWords = (time: string, now: number) =>
  `${new Date(time).toISOString().slice(11, 19)} UTC, another ${durationWords(Math.max(0, Date.parse(time) - now))}`;

function wayOn(pool: ShownPool, now: number): string[] {
  const command = resumeCommand(pool);
  if (command === undefined) return [];
  const lasting = pool.status_since === null ? "" : `stopped ${since(pool.status_since, now)} ago; `;
  return [`-> ${lasting}push a fixed version, or resume with:`, plainLine(`$ ${command}`)];
}
