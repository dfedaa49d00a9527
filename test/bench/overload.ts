// `npm run bench:overload -- [--databases file,server] [--instances 1,4] [--seconds 120] [--factor 1.5]`: more requests than Belfry
// can take, whether it answers them or not. For each database and number of instances: how many it can take, as fast as 100
// callers get answers; then half as many again, at an even pace; then how soon single requests are quick again, and whether all
// that was accepted is delivered, to one receiver. Writes OVERLOAD.md, and fails where a limit is exceeded.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packedLauncher, startCommand, type WhenDone } from "../support/program.ts";
import { secretKey } from "../support/server.ts";
import { startLibsqlServer } from "../support/sqld.ts";
import { startCountingReceiver, startGenerator, type LoadResult, type Received } from "./open-load.ts";
import { writeTable } from "./report.ts";

interface Setting {
  database: string;
  instances: number;
}
interface Outcome extends Setting {
  capacity: number;
  rate: number;
  load: LoadResult;
  /** Milliseconds from the end of the load. */
  recoveredMs: number;
  deliveredMs: number;
  received: Received;
  expected: number;
}

const { values } = parseArgs({
  options: {
    databases: { type: "string", default: "file,server" },
    instances: { type: "string", default: "1,4" },
    seconds: { type: "string", default: "120" },
    factor: { type: "string", default: "1.5" },
  },
});
const [seconds, factor] = [Number(values.seconds), Number(values.factor)];
const callers = 100;
const capacitySeconds = 20;
const limits = { refusedMs: 1_000, recoveredMs: 10_000, gapMs: 5_000 };
const maxDeliveryMs = 300_000;

async function startInstances(
  { database, instances }: Setting,
  endpoint: string,
  whenDone: WhenDone,
): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-overload-"));
  whenDone(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  let databaseUrl = `file:${join(folder, "belfry.db")}`;
  if (database === "server") {
    const server = await startLibsqlServer();
    whenDone(server.stop);
    databaseUrl = server.url;
  }
  const environment = {
    BELFRY_DATABASE_URL: databaseUrl,
    BELFRY_SECRET_KEY: secretKey,
    BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
    BELFRY_API_RATE_LIMIT: "0",
    BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: endpoint,
  };
  const launcher = await packedLauncher();
  const urls: string[] = [];
  for (let index = 0; index < instances; index += 1) {
    const program = await startCommand([process.execPath, launcher, "serve"], environment, whenDone);
    whenDone(async () => {
      if (program.stderr() !== "")
        console.log(`instance ${index} logged:\n${program.stderr().slice(0, 500)}`);
    });
    urls.push(program.url);
  }
  return urls;
}

async function signIn(url: string): Promise<string> {
  const post = async (path: string, json: object) => {
    const answer = await fetch(`${url}/api/v2${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(json),
    });
    return (await answer.json()) as Record<string, string>;
  };
  const user = { email: "ann@example.com", username: "ann", password: "a-good-password-of-ann-7" };
  await post("/users/first", user);
  return (await post("/users/login", user))["session_token"]!;
}

/** Sends one request after the other until ten in a row are quick; answers how many were accepted. */
async function recover(url: string, token: string): Promise<number> {
  let accepted = 0;
  for (let row = 0, number = 0; row < 10; number += 1) {
    const before = performance.now();
    const answer = await fetch(`${url}/api/v2/notifications/custom`, {
      method: "POST",
      headers: { "content-type": "application/json", "coder-session-token": token },
      body: JSON.stringify({ content: { title: `After ${number}`, message: "x" } }),
    });
    const isAccepted = answer.status < 300;
    if (isAccepted) accepted += 1;
    row = isAccepted && performance.now() - before < 100 ? row + 1 : 0;
  }
  return accepted;
}

async function measure(setting: Setting, whenDone: WhenDone): Promise<Outcome> {
  const receiver = await startCountingReceiver(whenDone);
  const urls = await startInstances(setting, receiver.url, whenDone);
  const token = await signIn(urls[0]!);
  const generate = startGenerator(whenDone);
  const closed = await generate({ urls, token, callers, rate: 0, seconds: capacitySeconds });
  const capacity = Math.round(closed.accepted.count / capacitySeconds);
  const rate = Math.round(capacity * factor);
  const load = await generate({ urls, token, callers, rate, seconds });
  const extra = await recover(urls[0]!, token);
  const recoveredMs = Date.now() - load.endedAt;
  const expected = closed.accepted.count + load.accepted.count + extra;
  let received = await receiver.received();
  while (received.messages < expected && Date.now() - load.endedAt < maxDeliveryMs) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    received = await receiver.received();
  }
  return {
    ...setting,
    capacity,
    rate,
    load,
    recoveredMs,
    deliveredMs: Date.now() - load.endedAt,
    received,
    expected,
  };
}

async function measureAlone(setting: Setting): Promise<Outcome> {
  const cleanUps: (() => unknown)[] = [];
  try {
    return await measure(setting, (cleanUp) => void cleanUps.unshift(cleanUp));
  } finally {
    for (const cleanUp of cleanUps) await cleanUp();
  }
}

/** Which limits it exceeds. */
function problemsOf({ load, recoveredMs, received, expected }: Outcome): string[] {
  const failed = Object.entries(load.failed).map(([what, count]) => `${count} × ${what}`);
  return [
    ...failed,
    ...(load.refused.p99 > limits.refusedMs ? ["refused late"] : []),
    ...(load.gap.longest > limits.gapMs ? ["a stall"] : []),
    ...(recoveredMs > limits.recoveredMs ? ["slow recovery"] : []),
    ...(received.messages < expected ? [`${expected - received.messages} not delivered`] : []),
  ];
}

const seen: Outcome[] = [];
for (const database of values.databases.split(","))
  for (const instances of values.instances.split(",").map(Number)) {
    const outcome = await measureAlone({ database, instances });
    console.log(JSON.stringify(outcome));
    seen.push(outcome);
  }

const number = (value: number) => value.toLocaleString("en");
const columns = [
  "Database",
  "Instances",
  "Capacity/s",
  "Offered/s",
  "Accepted",
  "p50 ms",
  "p99 ms",
  "Refused",
  "p99 ms",
  "max ms",
  "Longest stall ms",
  "Quick again ms",
  "Delivered",
  "after ms",
  "Problems",
];
const rows = seen.map((one) => [
  one.database === "file" ? "a file" : "a libSQL server",
  number(one.instances),
  number(one.capacity),
  number(Math.round(one.load.offered / seconds)),
  number(one.load.accepted.count),
  number(one.load.accepted.p50),
  number(one.load.accepted.p99),
  number(one.load.refused.count),
  number(one.load.refused.p99),
  number(one.load.refused.max),
  number(one.load.gap.longest),
  number(one.recoveredMs),
  `${number(one.received.messages)} of ${number(one.expected)}`,
  number(one.deliveredMs),
  problemsOf(one).join(", "),
]);
writeTable([columns, ...rows], {
  title: "Results of the bench of overload",
  file: "OVERLOAD.md",
  command: "npm run bench:overload",
  notes: [
    `Each row: ${capacitySeconds} s of ${callers} callers for the capacity, then ${factor} times as many requests for ${seconds} s at an even pace, whatever the answers.`,
    "Instances, database, receiver and the sender of the requests share the machine.",
    "Refused: 503 with Retry-After. Stall: the longest time in which one of the instances accepted nothing. Quick again: from the end of the load until ten requests in a row took less than 100 ms. Delivered: the messages that the receiver got, of all that were accepted, and how long after the end of the load.",
    `Limits: refused within ${number(limits.refusedMs)} ms (99 of 100), no stall of ${number(limits.gapMs)} ms, quick again within ${number(limits.recoveredMs)} ms, everything accepted is delivered.`,
  ],
});
if (seen.some((one) => problemsOf(one).length > 0)) process.exitCode = 1;
