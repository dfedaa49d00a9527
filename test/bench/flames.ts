// `npm run bench:flames`: where the CPU time of Belfry's own process goes while 50 callers enqueue custom notifications, or ask for
// the first page of the inbox. Writes FLAMES.md. Variable: LOAD_SECONDS (10) of load for each.
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLoadGenerator, requestKinds, type RequestKind } from "./load.ts";
import { writeTable } from "./report.ts";
import { startBelfry } from "./server.ts";

const seconds = Number(process.env["LOAD_SECONDS"] ?? 10);
const callers = 50;
const here = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** The first that fits a function's name or file. */
const areas: readonly [name: string, fits: (file: string, name: string) => boolean][] = [
  ["libSQL, native code and its wrapper", (file) => file.includes("/node_modules/libsql/")],
  ["drizzle, which builds SQL texts", (file) => file.includes("/node_modules/drizzle-orm/")],
  ["garbage collection", (_file, name) => name === "(garbage collector)"],
  ["Node: hashes and random bytes", (file) => file.startsWith("node:internal/crypto")],
  ["Hono and its adapter", (file) => /\/node_modules\/(hono|@hono)\//.test(file)],
  ["zod", (file) => file.includes("/node_modules/zod/")],
  [
    "Belfry, database client",
    (file) => file.startsWith(`file://${here}/db/`) || /file-(client|connection)/.test(file),
  ],
  ["Belfry, everything else", (file) => file.startsWith(`file://${here}/src/`)],
  ["Node: HTTP, streams, sockets, timers", () => true],
];

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string } }[];
  samples: number[];
  timeDeltas: number[];
  /** Microseconds. */
  endTime: number;
  startTime: number;
}

/** Microseconds by area, of the time from `from` to `until` before the profile's end, in milliseconds. */
function sumUp({ nodes, samples, timeDeltas, startTime, endTime }: Profile, from: number, until: number) {
  const areaOf = new Map(
    nodes.map(({ id, callFrame: { functionName, url } }) => [
      id,
      functionName === "(idle)" ? "idle" : areas.find(([, fits]) => fits(url, functionName))![0],
    ]),
  );
  const sums = new Map<string, number>();
  let at = startTime;
  for (const [index, node] of samples.entries()) {
    at += timeDeltas[index]!;
    if (at < endTime - from * 1_000 || at > endTime - until * 1_000) continue;
    const area = areaOf.get(node)!;
    sums.set(area, (sums.get(area) ?? 0) + timeDeltas[index]!);
  }
  sums.delete("idle");
  return sums;
}

async function measure(kind: RequestKind): Promise<{ perRequest: Map<string, number>; total: number }> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-flames-"));
  const generator = createLoadGenerator();
  try {
    const server = await startBelfry(here, folder, { BELFRY_LOG_LEVEL: "warn" }, { profiles: folder });
    const load = { url: server.url, token: server.token, kind, callers };
    await generator.run({ ...load, kind: "enqueue", durationMs: 2_000 });
    await generator.run({ ...load, durationMs: 2_000 });
    const started = performance.now();
    const { requests } = await generator.run({ ...load, durationMs: seconds * 1_000 });
    const ended = performance.now();
    await server.stop();
    const stopped = performance.now();
    const file = (await readdir(folder)).find((name) => name.endsWith(".cpuprofile"))!;
    const profile = JSON.parse(await readFile(join(folder, file), "utf8")) as Profile;
    const sums = sumUp(profile, stopped - started, stopped - ended);
    const perRequest = new Map([...sums].map(([area, sum]) => [area, sum / requests]));
    return { perRequest, total: [...perRequest.values()].reduce((sum, one) => sum + one, 0) };
  } finally {
    generator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const kinds = Object.keys(requestKinds) as RequestKind[];
const measured = new Map<RequestKind, Awaited<ReturnType<typeof measure>>>();
for (const kind of kinds) measured.set(kind, await measure(kind));
const cells = (area: string) =>
  kinds.flatMap((kind) => {
    const { perRequest, total } = measured.get(kind)!;
    const one = perRequest.get(area) ?? 0;
    return [one.toFixed(1), `${((one / total) * 100).toFixed(0)} %`];
  });
const sums = kinds.flatMap((kind) => [measured.get(kind)!.total.toFixed(1), "100 %"]);
writeTable(
  [
    ["Area", ...kinds.flatMap((kind) => [`${requestKinds[kind].label}, µs`, "share"])],
    ...areas.map(([area]) => [area, ...cells(area)]),
    ["all", ...sums],
  ],
  {
    title: "Where the CPU time of a request goes",
    file: "FLAMES.md",
    command: "npm run bench:flames",
    notes: [
      `Of Belfry's own process, with the profiler of V8, while ${callers} callers send one request after another for ${seconds} s. The profiler itself makes everything slower.`,
      "Each function counts for its own time, not for what it calls: Node calls the kernel for sockets, libSQL for the disk.",
    ],
  },
);
