// How long `GET /healthz` takes on a new connection, beside callers that keep the server busy: what a load balancer's health
// check and a person's browser see.
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLoadGenerator } from "./load.ts";
import { startBelfry } from "./server.ts";

const busyCallers = 50;

/** Milliseconds from the connection's start to the response. */
function ask(url: URL): Promise<number> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname);
    socket.once("connect", () =>
      socket.write(`GET /healthz HTTP/1.1\r\nhost: ${url.host}\r\nconnection: close\r\n\r\n`),
    );
    socket.once("data", () => {
      resolve(performance.now() - started);
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

/** Times of each sample, in order of size. */
async function askOften(url: URL, samples: number): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < samples; count += 1) {
    times.push(await ask(url));
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  return times.toSorted((a, b) => a - b);
}

/** One line of words for the table's notes. */
export async function measureFreshConnections(checkout: string, samples: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-bench-"));
  const { url, token, stop } = await startBelfry(checkout, folder, { BELFRY_LOG_LEVEL: "error" });
  const generator = createLoadGenerator();
  const enqueue = (durationMs: number) =>
    generator.run({ url, token, kind: "enqueue", callers: busyCallers, durationMs });
  await enqueue(3_000);
  const idle = await askOften(new URL(url), samples);
  // Somewhat longer than the samples take.
  const load = enqueue(samples * 70);
  const busy = await askOften(new URL(url), samples);
  const { requests, seconds } = await load;
  generator.stop();
  await stop();
  await rm(folder, { recursive: true, force: true });
  const words = (times: readonly number[]) =>
    `p50 ${times[Math.floor(times.length / 2)]!.toFixed(1)} ms, longest ${times.at(-1)!.toFixed(1)} ms`;
  return `\`GET /healthz\` on a new connection, ${samples} times: ${words(idle)} on an idle server; ${words(busy)} beside ${busyCallers} callers that enqueue ${Math.round(requests / seconds)} notifications a second.`;
}
