// The demo runs its whole story, without pauses, and then it ends and leaves nothing behind.
import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { run, temporaryFolder } from "../support/program.ts";

const demo = new URL("../demo/demo.ts", import.meta.url).pathname;

test("npm run demo: a pool fails, a claim, an agent that waits, a script that reports", async () => {
  const folder = await temporaryFolder();
  const { code, stdout, stderr } = await run(["--once"], { program: demo, environment: { TMPDIR: folder } });
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout.match(/-> .*notified/g)).toHaveLength(4);
  expect(await readdir(folder)).toEqual([]);
});
