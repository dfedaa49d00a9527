// The least that delivery can cost, in a process of its own: a loop of undici's POSTs with one write of 200 results in a
// database with fsync; and nodemailer's pool alone, which stores nothing. Run as: floors.ts KIND PORT COUNT FOLDER.
import { fork } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import Database from "libsql";
import { Pool } from "undici";
import { renderMail } from "../../src/notifications/channels/mail/content.ts";

const kinds = { webhook: postAll, mail: mailAll };

export interface Floor {
  perSecond: number;
  cpuUsPerRequest: number;
}

export const measureFloor = (kind: keyof typeof kinds, port: number, count: number, folder: string) =>
  new Promise<Floor>((resolve, reject) => {
    const child = fork(import.meta.filename, [kind, String(port), String(count), folder]);
    child.once("message", (result) => resolve(result as Floor));
    child.once("exit", (code) => reject(new Error(`The floor ended with ${code}`)));
  });

const text = "All 312 tests passed";

/** As many at a time as Belfry sends. */
const concurrency = 50;
const maxBatch = 200;

async function postAll(port: number, count: number, folder: string): Promise<void> {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: concurrency });
  const database = new Database(join(folder, "floor.db"));
  database.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE results (id INTEGER PRIMARY KEY, status INTEGER)",
  );
  const insert = database.prepare("INSERT INTO results SELECT value ->> 0, value ->> 1 FROM json_each(?)");
  const headers = {
    "content-type": "application/json",
    "x-message-id": "01234567-89ab-7def-8123-456789abcdef",
  };
  let results: [number, number][] = [];
  let left = count;
  const write = () => {
    insert.run([JSON.stringify(results)]);
    results = [];
  };
  const send = async () => {
    while (left > 0) {
      const id = (left -= 1);
      const body = JSON.stringify({ id, title: `Build ${id}`, body: text, more: "x".repeat(700) });
      const response = await pool.request({ method: "POST", path: "/hook", headers, body });
      await response.body.dump();
      if (results.push([id, response.statusCode]) >= maxBatch) write();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, send));
  write();
  await pool.close();
}

/** As many connections as Belfry's pool has. */
const maxConnections = 5;

async function mailAll(port: number, count: number): Promise<void> {
  interface Transport {
    sendMail: (mail: object) => Promise<unknown>;
    close: () => void;
  }
  const peer = createRequire(join(process.env["BENCH_PEERS"]!, "package.json"))("nodemailer") as {
    createTransport: (options: object) => Transport;
  };
  const transport = peer.createTransport({
    host: "127.0.0.1",
    port,
    pool: true,
    maxConnections,
    maxMessages: Infinity,
    ignoreTLS: true,
  });
  const mail = renderMail({
    name: "Ada",
    title: "Build 1",
    body: text,
    actions: [],
    baseUrl: "http://127.0.0.1:3000",
    kind: { name: "Custom Notification" },
    reasons: [],
    unsubscribeUrl: "http://127.0.0.1:3000/unsubscribe?token=abcdefghijklmnopqrstuvwxyz",
    year: 2026,
  });
  const fields = { from: "belfry@example.com", to: "ada@example.com", ...mail };
  let left = count;
  const send = async () => {
    while (left-- > 0) await transport.sendMail(fields);
  };
  await Promise.all(Array.from({ length: concurrency }, send));
  transport.close();
}

if (import.meta.filename === process.argv[1]) {
  const [kind, port, count, folder] = process.argv.slice(2) as [keyof typeof kinds, string, string, string];
  const [cpu, started] = [process.cpuUsage(), performance.now()];
  await kinds[kind](Number(port), Number(count), folder);
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  process.send!({ perSecond: Number(count) / seconds, cpuUsPerRequest: (user + system) / Number(count) });
  process.disconnect();
}
