// How long the Worker takes to start, beside one that does nothing. Runs when nothing else does.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bundleWorker, type Bundle } from "../support/bundle.ts";
import { createWorker } from "../support/worker.ts";

test("it starts in at most twice the time of an empty Worker", async () => {
  const bundle = await bundleWorker();
  const folder = await mkdtemp(join(tmpdir(), "belfry-empty-"));
  onTestFinished(async () => {
    await rm(bundle.folder, { recursive: true, force: true });
    await rm(folder, { recursive: true });
  });
  await mkdir(join(folder, "public"));
  const empty = join(folder, "worker.js");
  await writeFile(empty, 'export default { fetch: () => new Response("here") };\n');
  const times = { empty: Infinity, belfry: Infinity };
  // The quickest of some: what else the machine does is in the others.
  for (let round = 0; round < 1 || (round < 12 && times.belfry > 2 * times.empty); round += 1) {
    times.empty = Math.min(times.empty, await startTime({ folder, file: empty }));
    times.belfry = Math.min(times.belfry, await startTime(bundle));
  }
  expect(times.belfry, `an empty one took ${times.empty.toFixed()} ms`).toBeLessThanOrEqual(2 * times.empty);
});

/** Milliseconds from nothing to a first answer. */
async function startTime(bundle: Pick<Bundle, "folder" | "file">): Promise<number> {
  const started = performance.now();
  const miniflare = createWorker(bundle, {});
  await (await miniflare.dispatchFetch("http://belfry.example.com/healthz")).text();
  const time = performance.now() - started;
  await miniflare.dispose();
  return time;
}
