// `npm run bench:delivery`: how fast a backlog is delivered to a webhook and to a mail server, next to floors that store next
// to nothing. The receivers are processes of their own; the messages are stored while delivery is paused. Variables: COUNT
// (4,000), ROUNDS (3), CHECKOUTS (folders of Belfry to compare, round by round), BENCH_PEERS (a folder with nodemailer), PROFILES (a
// folder for CPU profiles of the servers).
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import Database from "libsql";
import { measureFloor } from "./floors.ts";
import { startReceiver, type Receiver, type ReceiverKind } from "./receivers.ts";
import { writeReport, type Measurement } from "./report.ts";
import { startBelfry } from "./server.ts";

const count = Number(process.env["COUNT"] ?? 4_000);
const rounds = Number(process.env["ROUNDS"] ?? 3);
const here = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const checkouts = (process.env["CHECKOUTS"] ?? here).split(",");
const hasPeers = process.env["BENCH_PEERS"] !== undefined;

interface Subject {
  receiver: ReceiverKind;
  label: string;
  /** Of the channel. */
  method: string;
  environment: (port: number) => Record<string, string>;
  floor: string;
}

const subjects: readonly Subject[] = [
  {
    receiver: "webhook",
    label: `${count.toLocaleString("en")} webhooks`,
    method: "webhook",
    environment: (port) => ({
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: `http://127.0.0.1:${port}/hook`,
      BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString("base64")}`,
    }),
    floor: "floor",
  },
  {
    receiver: "mail",
    label: `${count.toLocaleString("en")} emails`,
    method: "smtp",
    environment: (port) => ({
      BELFRY_EMAIL_FROM: "belfry@example.com",
      BELFRY_EMAIL_SMARTHOST: `127.0.0.1:${port}`,
    }),
    floor: "nodemailer",
  },
];

/** Milliseconds of CPU that a process used; Linux only. */
function cpuMs(pid: number): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ").slice(11, 13);
  return (Number(user) + Number(system)) * 10;
}

/** As if the one notification had been sent `count` times, each time with another title. */
function multiply(file: string, method: string): void {
  const database = new Database(file, { timeout: 5_000 });
  const nth = (column: string) => `printf('%s%012x', substr(${column}, 1, 24), n.value)`;
  const numbers = `(WITH RECURSIVE series(value) AS (VALUES (1) UNION ALL SELECT value + 1 FROM series WHERE value < ${count - 1}) SELECT value FROM series) AS n`;
  database.exec(`BEGIN;
    INSERT INTO notification_events (id, template_id, template_version, labels, targets, created_by, created_at)
      SELECT ${nth("id")}, template_id, template_version, json_set(labels, '$.custom_title', 'Build ' || n.value),
        targets, created_by, created_at FROM notification_events, ${numbers};
    INSERT INTO notification_messages (id, event_id, user_id, method, status, reasons, due_at, attempt_count, created_at, updated_at)
      SELECT ${nth("id")}, ${nth("event_id")}, user_id, method, status, reasons, due_at, attempt_count, created_at, updated_at
      FROM notification_messages, ${numbers} WHERE method = '${method}';
    COMMIT;`);
  database.close();
}

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-bench-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function deliverBacklog(checkout: string, subject: Subject, receiver: Receiver, folder: string) {
  const server = await startBelfry(checkout, folder, subject.environment(receiver.port));
  const { call } = server;
  await call("PUT", "/notifications/settings", { notifier_paused: true });
  await call("POST", "/notifications/custom", {
    content: { title: "Build 0", message: "All 312 tests passed" },
  });
  multiply(`${folder}/belfry.db`, subject.method);
  const [cpu, started] = [cpuMs(server.pid), performance.now()];
  const all = receiver.arrived();
  await call("PUT", "/notifications/settings", { notifier_paused: false });
  await all;
  const seconds = (performance.now() - started) / 1_000;
  // The last results are written after the receiver has answered.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const used = cpuMs(server.pid) - cpu;
  await server.stop();
  return { perSecond: count / seconds, cpuUsPerRequest: (used * 1_000) / count };
}

async function measure(subject: Subject, round: number): Promise<Measurement[]> {
  const receiver = await startReceiver(subject.receiver, count);
  const results: Measurement[] = [];
  const add = (contender: string, result: Pick<Measurement, "perSecond" | "cpuUsPerRequest">) => {
    const { label } = subject;
    results.push({
      subject: label,
      contender,
      round,
      callers: 0,
      p50Ms: NaN,
      p99Ms: NaN,
      failed: 0,
      ...result,
    });
    const [perSecond, cpu] = [result.perSecond.toFixed(0), result.cpuUsPerRequest.toFixed(0)];
    console.log(
      `${label.padEnd(16)} ${contender.padEnd(12)} ${perSecond.padStart(6)}/s ${cpu.padStart(6)} µs of CPU each`,
    );
  };
  for (const checkout of checkouts) {
    const name = checkouts.length === 1 ? "belfry" : basename(checkout);
    add(name, await withFolder((folder) => deliverBacklog(checkout, subject, receiver, folder)));
  }
  if (subject.receiver === "webhook" || hasPeers)
    add(
      subject.floor,
      await withFolder((folder) => measureFloor(subject.receiver, receiver.port, count, folder)),
    );
  receiver.stop();
  return results;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
const measurements: Measurement[] = [];
for (let round = 0; round < rounds; round += 1)
  for (const subject of subjects) measurements.push(...(await measure(subject, round)));
writeReport(measurements, {
  title: "Results of the bench of delivery",
  file: "DELIVERY.md",
  command: "npm run bench:delivery",
  baselines: subjects.map(({ floor }) => floor),
  notes: [
    `Medians of ${rounds} interleaved rounds; ratios are the medians of each round's. Servers, receivers and databases share the machine: read the ratios.`,
    "Belfry claims under leases, renders each message, stores each attempt, its result, counters and the health of the channel.",
    "floor: 50 loops of undici's POSTs of as many bytes, and one write of an id and a status for each 200 of them.",
    "nodemailer: its pool alone with as many connections (5), sending one text; it stores nothing.",
  ],
});
