// `npm run bench:organizations`: what each further organization of a process costs while nobody uses it, each with a namespace
// of a local libSQL server: time of the start, memory, round trips and CPU. COUNTS has the numbers of organizations.
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { startServer } from "../../src/runtime/server.ts";
import { freePort } from "../support/program.ts";
import { startLibsqlServer } from "../support/sqld.ts";
import { memoryMb } from "./measure.ts";

const counts = (process.env["COUNTS"] ?? "1,10,50").split(",").map(Number);
const idleSeconds = 60;
/** From the last 12 digits of the id, the name of the namespace. */
const idOf = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`;
const secretKey = Buffer.alloc(32, 5).toString("base64");

/** The second process: a port for each namespace, whose name the server looks for in the Host header. */
function passOn([upstream, count]: string[]): void {
  const ports = Array.from({ length: Number(count) }, async (_, at) => {
    const proxy = createServer((incoming, outgoing) => {
      const headers = { ...incoming.headers, host: `n${at}.sqld.internal` };
      const onward = request(upstream + incoming.url!, { method: "POST", headers }, (answer) => {
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(onward);
    });
    await once(proxy.listen(0, "127.0.0.1"), "listening");
    return (proxy.address() as AddressInfo).port;
  });
  void Promise.all(ports).then((all) => process.send!(all));
}

async function measure(count: number) {
  const adminPort = await freePort();
  const libsql = await startLibsqlServer([
    "--enable-namespaces",
    "--admin-listen-addr",
    `127.0.0.1:${adminPort}`,
  ]);
  const headers = { "content-type": "application/json" };
  for (let at = 0; at < count; at += 1)
    await fetch(`http://127.0.0.1:${adminPort}/v1/namespaces/n${at}/create`, {
      method: "POST",
      headers,
      body: "{}",
    });
  const proxies = fork(new URL(import.meta.url).pathname, [libsql.url, String(count)]);
  const [ports] = (await once(proxies, "message")) as [number[]];
  let trips = 0;
  const start = () =>
    startServer(
      {
        BELFRY_DATABASE_URL: `http://127.0.0.1:${ports[0]}`,
        BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
        BELFRY_SECRET_KEY: secretKey,
        BELFRY_LOG_LEVEL: "error",
      },
      {
        write: console.error,
        terminal: false,
        onTrip: () => (trips += 1),
        organizations: (config) => {
          const [first, ...others] = ports.map((port, at) => ({
            id: idOf(at),
            config: { ...config, databaseUrl: `http://127.0.0.1:${port}` },
          }));
          return { all: [first!, ...others] };
        },
      },
    );
  // The first start migrates.
  await (await start()).stop();
  const started = performance.now();
  const server = await start();
  const startSeconds = (performance.now() - started) / 1_000;
  await setTimeout(20_000);
  trips = 0;
  const before = process.cpuUsage();
  await setTimeout(idleSeconds * 1_000);
  const { user, system } = process.cpuUsage(before);
  const row = {
    organizations: count,
    "start s": startSeconds.toFixed(1),
    "memory MB": memoryMb(process.pid).toFixed(0),
    "round trips/min": trips,
    "CPU ms/min": ((user + system) / 1_000).toFixed(0),
  };
  await server.stop();
  proxies.kill();
  await libsql.stop();
  return row;
}

/** Each number in a process of its own: memory that was freed is not given back. */
async function inOwnProcess(count: number) {
  const child = fork(new URL(import.meta.url).pathname, [], {
    env: { ...process.env, COUNT: String(count) },
  });
  const [row] = (await once(child, "message")) as [Awaited<ReturnType<typeof measure>>];
  return row;
}

if (process.env["COUNT"] !== undefined && process.argv.length === 2) {
  process.send!(await measure(Number(process.env["COUNT"])));
  process.exit();
} else if (process.send !== undefined) passOn(process.argv.slice(2));
else {
  const rows = [];
  for (const count of counts) rows.push(await inOwnProcess(count));
  console.table(rows);
}
