// `npm run bench`: what a notification costs in Belfry, in a floor that does only the necessary, in two job queues and in Coder.
// Rounds are interleaved, so a machine that slows down slows all of them; ratios are within a round. Variables:
// BENCH_SECONDS (for requests, default 120), BENCH_BACKLOG (webhooks to deliver, default 4,000; 0 skips it), BENCH_ROUNDS (3), BENCH_PEERS (a folder with node_modules of
// pg-boss and graphile-worker) and BENCH_POSTGRES (the URL of their database); BENCH_CODER (the program `coder`) and
// BENCH_CODER_POSTGRES (the URL of an empty database).
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measureBacklog } from "./backlog.ts";
import { startBelfry, startCoder, startFloor, startPeer, type Contender } from "./contenders.ts";
import { createLoadGenerator, requestKinds, type LoadGenerator, type RequestKind } from "./load.ts";
import { writeReport, type Measurement } from "./report.ts";

const hasPeers = process.env["BENCH_PEERS"] !== undefined && process.env["BENCH_POSTGRES"] !== undefined;
const { BENCH_CODER: program, BENCH_CODER_POSTGRES: postgres } = process.env;
const coder = program === undefined || postgres === undefined ? undefined : { program, postgres };
const totalMs = Number(process.env["BENCH_SECONDS"] ?? 120) * 1_000;
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 3);
const backlog = Number(process.env["BENCH_BACKLOG"] ?? 4_000);
const callerCounts = [1, 10, 50];
const kinds = Object.keys(requestKinds) as RequestKind[];

interface Slot {
  contender: Contender;
  kind: RequestKind;
  callers: number;
}

async function startContenders(folder: string): Promise<Contender[]> {
  const folders = ["belfry", "floor"].map((name) => join(folder, name));
  await Promise.all(folders.map((path) => mkdir(path)));
  const contenders = [await startBelfry(folders[0]!), await startFloor(folders[1]!)];
  if (hasPeers) contenders.push(await startPeer("pg-boss"), await startPeer("graphile-worker"));
  if (coder !== undefined)
    contenders.push(await startCoder(coder.program, coder.postgres, join(folder, "coder")));
  return contenders;
}

/** Job queues have no inbox. */
const canServe = ({ name }: Contender, kind: RequestKind) =>
  kind === "enqueue" || (name !== "pg-boss" && name !== "graphile-worker");

/** Each kind of request with each number of callers, on each server that has it. */
const slotsOf = (contenders: readonly Contender[]): Slot[] =>
  kinds.flatMap((kind) =>
    callerCounts.flatMap((callers) =>
      contenders.filter((one) => canServe(one, kind)).map((contender) => ({ contender, kind, callers })),
    ),
  );

async function measure(
  generator: LoadGenerator,
  { contender, kind, callers }: Slot,
  { durationMs, round }: { durationMs: number; round: number },
): Promise<Measurement> {
  const { name, url, token } = contender;
  const cpuBefore = contender.cpuMs();
  const result = await generator.run({ url, token, kind, callers, durationMs });
  return {
    subject: requestKinds[kind].label,
    callers,
    contender: name,
    round,
    perSecond: result.requests / result.seconds,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    cpuUsPerRequest: ((contender.cpuMs() - cpuBefore) * 1_000) / result.requests,
    failed: result.failed,
  };
}

async function runRounds(contenders: readonly Contender[]): Promise<Measurement[]> {
  const slots = slotsOf(contenders);
  const warmUps = slots.filter(({ callers }) => callers === callerCounts.at(-1));
  const durationMs = totalMs / (slots.length * rounds + warmUps.length);
  const generator = createLoadGenerator();
  const measurements: Measurement[] = [];
  for (const slot of warmUps) await measure(generator, slot, { durationMs, round: -1 });
  for (let round = 0; round < rounds; round += 1)
    for (const slot of slots) measurements.push(await measure(generator, slot, { durationMs, round }));
  generator.stop();
  return measurements;
}

async function measureBacklogs(): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const names = hasPeers ? (["belfry", "pg-boss", "graphile-worker"] as const) : (["belfry"] as const);
  for (let round = 0; round < rounds && backlog > 0; round += 1)
    for (const name of names) measurements.push(await measureBacklog(name, backlog, round));
  return measurements;
}

const folder = await mkdtemp(join(tmpdir(), "belfry-bench-"));
const contenders = await startContenders(folder);
const measurements = await runRounds(contenders);
await Promise.all(contenders.map(({ stop }) => stop()));
await rm(folder, { recursive: true, force: true });
measurements.push(...(await measureBacklogs()));
writeReport(measurements, {
  command: "npm run bench",
  notes: [
    `Medians of ${rounds} interleaved rounds, ${totalMs / 1_000} seconds of requests; ratios are the medians of each round's.`,
    "Load, servers and databases share the machine: read the ratios, not the absolute figures.",
    "The floor: hono, zod and three prepared INSERTs into Belfry's own tables, in one transaction with an fsync for all requests that arrive together. It has no permissions, preferences, templates, duplicates or metrics.",
    "pg-boss and graphile-worker: the same hono app, PostgreSQL with fsync and synchronous commit as by default; their key is compared in memory. CPU is the server process's and leaves out PostgreSQL's.",
    "coder: Coder's server on PostgreSQL, which stores the notification and sends it later; its CPU, too, leaves out PostgreSQL's.",
    "Delivery: Belfry, without inbox, stores each attempt and its result; peers POST 50 jobs at a time, too, and fetch and end 200 with one statement.",
  ],
});
