// Load on a Belfry whose libSQL server is killed and whose network is cut and slow, and the count afterwards: what was
// acknowledged is there, once, and got to the receiver under one id.
import { openClient } from "../../src/runtime/database.ts";
import { startLink } from "./link.ts";
import { startCommand, type WhenDone } from "./program.ts";
import { startReceiver } from "./receiver.ts";
import { callServer, owner, secretKey } from "./server.ts";
import { startLibsqlServer } from "./sqld.ts";

export interface SoakOptions {
  messages: number;
  /** Senders at a time. */
  senders: number;
  /** One fault for each so many messages. */
  faultEvery: number;
  whenDone: WhenDone;
  tell: (line: string) => void;
}

export interface SoakReport {
  acknowledged: number;
  /** Acknowledged, and not in the inbox or not at the receiver. */
  lost: string[];
  /** In the inbox more than once, or at the receiver under more than one id. */
  doubled: string[];
  /** Sent again to the receiver under the same id. */
  repeated: number;
  faults: string[];
  /** Answers 503, and how many of them said when to come again. */
  refused: number;
  refusedWithRetryAfter: number;
  /** What /readyz answered while the server was dead, and afterwards. */
  readyWhileDead: { status: number; retryAfter: string | null };
  readyAfterwards: number;
  seconds: number;
}

const program = new URL("../../src/runtime/node.ts", import.meta.url).pathname;
const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { whenDone, messages, senders, tell } = options;
  const began = performance.now();
  const libsql = await startLibsqlServer();
  whenDone(libsql.stop);
  const [link, receiver] = await Promise.all([startLink(libsql.url, whenDone), startReceiver(whenDone)]);
  const { url, process: child } = await startCommand(
    [process.execPath, program],
    {
      BELFRY_DATABASE_URL: link.url,
      BELFRY_SECRET_KEY: secretKey,
      BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
      BELFRY_NOTIFICATIONS_FETCH_INTERVAL: "1s",
      BELFRY_NOTIFICATIONS_RETRY_INTERVAL: "1s",
      BELFRY_NOTIFICATIONS_LEASE_PERIOD: "20s",
      BELFRY_NOTIFICATIONS_DISPATCH_TIMEOUT: "5s",
      BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: receiver.url,
    },
    whenDone,
  );
  await callServer(url, "POST", "/api/v2/users/first", { json: owner });
  const login = await callServer(url, "POST", "/api/v2/users/login", { json: owner });
  const token = login.json.session_token as string;

  const acknowledged = new Set<string>();
  const report = { refused: 0, refusedWithRetryAfter: 0 };
  let next = 0;
  /** Sends each until it is acknowledged: 409 says that an answer was lost and the message was not. */
  async function sendAll(): Promise<void> {
    while (next < messages) {
      const title = `Message ${(next += 1)}`;
      for (;;) {
        const json = { content: { title, message: "x" } };
        const answer = await callServer(url, "POST", "/api/v2/notifications/custom", { token, json }).catch(
          () => undefined,
        );
        if (answer?.status === 204 || answer?.status === 409) break;
        if (answer?.status === 503) {
          report.refused += 1;
          if (answer.headers.has("retry-after")) report.refusedWithRetryAfter += 1;
        } else if (answer !== undefined) throw new Error(`${title}: ${answer.status} ${answer.text}`);
        await pause(50);
      }
      acknowledged.add(title);
    }
  }

  const readyz = async () => {
    const answer = await callServer(url, "GET", "/readyz");
    return { status: answer.status, retryAfter: answer.headers.get("retry-after") };
  };
  let readyWhileDead = { status: 0, retryAfter: null as string | null };
  const faults: Record<string, () => Promise<void>> = {
    "killed for a while": async () => {
      await libsql.kill();
      readyWhileDead = await readyz();
      await libsql.restart();
    },
    "cut for a second": async () => {
      link.cut();
      await pause(1_000);
      link.mend();
    },
    "killed and restarted at once": () => libsql.restart(),
    "slow for two seconds": async () => {
      link.slow(400);
      await pause(2_000);
      link.mend();
    },
    "cut for a moment": async () => {
      link.cut();
      link.mend();
    },
  };
  const done: string[] = [];
  let isSent = false;
  async function disturb(): Promise<void> {
    const kinds = Object.keys(faults);
    while (!isSent) {
      if (acknowledged.size < (done.length + 1) * options.faultEvery) {
        await pause(5);
        continue;
      }
      const kind = kinds[done.length % kinds.length]!;
      tell(`${acknowledged.size} acknowledged; ${kind}`);
      await faults[kind]!();
      done.push(kind);
    }
  }

  const disturbing = disturb();
  await Promise.all(Array.from({ length: senders }, sendAll)).finally(() => (isSent = true));
  await disturbing;
  tell(`${acknowledged.size} acknowledged after ${done.length} faults; waiting for what is under way`);
  const idsOf = () => Map.groupBy(receiver.arrivals, ({ json }) => json.title as string);
  const isThere = () => {
    const arrived = idsOf();
    return [...acknowledged].every((title) => arrived.has(title));
  };
  for (let tries = 0; tries < 600 && !isThere(); tries += 1) await pause(200);

  const client = await openClient({ databaseUrl: libsql.url, databaseAuthToken: undefined });
  const { rows } = await client.execute(
    "SELECT title, count(*) AS count FROM inbox_notifications GROUP BY title",
  );
  client.close();
  const inInbox = new Map(rows.map((row) => [String(row["title"]), Number(row["count"])]));
  const arrived = idsOf();
  const ids = (title: string) => new Set(arrived.get(title)?.map(({ json }) => json.msg_id as string));
  if (child.exitCode !== null) throw new Error("Belfry has ended");
  return {
    acknowledged: acknowledged.size,
    lost: [...acknowledged].filter((title) => !inInbox.has(title) || !arrived.has(title)),
    doubled: [...acknowledged].filter((title) => (inInbox.get(title) ?? 0) > 1 || ids(title).size > 1),
    repeated: receiver.arrivals.length - arrived.size,
    faults: done,
    ...report,
    readyWhileDead,
    readyAfterwards: (await readyz()).status,
    seconds: Math.round((performance.now() - began) / 1_000),
  };
}
