// Belfry as it is deployed, in each way there is: the conformance suite asks all of them the same, over HTTP only.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleWorker } from "./bundle.ts";
import { denoWithFileFlags, denoWithServerFlags } from "./other-runtimes.ts";
import { migrate } from "./migrate.ts";
import { startCommand, type WhenDone } from "./program.ts";
import { secretKey } from "./server.ts";
import { startLibsqlServer } from "./sqld.ts";
import { startWorker } from "./worker.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Deployment {
  url: string;
  /** For the first user. */
  setupCode: string;
}

/** Starts one that looks for what is due each second. */
export type Deploy = (environment: Record<string, string>, whenDone: WhenDone) => Promise<Deployment>;

const common = {
  BELFRY_SECRET_KEY: secretKey,
  BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
  BELFRY_NOTIFICATIONS_FETCH_INTERVAL: "1s",
};

async function serve(
  command: [string, ...string[]],
  environment: Record<string, string>,
  whenDone: WhenDone,
): Promise<Deployment> {
  const { url, started } = await startCommand(command, { ...common, ...environment }, whenDone);
  return { url, setupCode: started["setup_code"] as string };
}

async function startDatabase(whenDone: WhenDone): Promise<string> {
  const server = await startLibsqlServer();
  whenDone(server.stop);
  return server.url;
}

async function newFile(whenDone: WhenDone): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "belfry-"));
  whenDone(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return `file:${join(folder, "belfry.db")}`;
}

const onNode: [string, ...string[]] = [process.execPath, join(root, "src/launch.js"), "serve"];

export const nodeWithFile: Deploy = async (environment, whenDone) =>
  serve(onNode, { BELFRY_DATABASE_URL: await newFile(whenDone), ...environment }, whenDone);

export const nodeWithServer: Deploy = async (environment, whenDone) =>
  serve(onNode, { BELFRY_DATABASE_URL: await startDatabase(whenDone), ...environment }, whenDone);

/** `deno`: the path of the program. */
export const denoWithFile =
  (deno: string): Deploy =>
  async (environment, whenDone) => {
    const url = await newFile(whenDone);
    const flags = denoWithFileFlags(dirname(url.slice("file:".length)));
    return serve(
      [deno, ...flags, "src/runtime/node.ts"],
      { DENO_NO_UPDATE_CHECK: "1", BELFRY_DATABASE_URL: url, ...environment },
      whenDone,
    );
  };

export const bunWithFile =
  (bun: string): Deploy =>
  async (environment, whenDone) =>
    serve(
      [bun, "run", "src/runtime/node.ts"],
      { BELFRY_DATABASE_URL: await newFile(whenDone), ...environment },
      whenDone,
    );

export const denoWithServer =
  (deno: string): Deploy =>
  async (environment, whenDone) => {
    const databaseUrl = await startDatabase(whenDone);
    const { setup_code: setupCode } = await migrate(databaseUrl);
    const { url } = await serve(
      [deno, ...denoWithServerFlags, "src/runtime/deno.ts"],
      { DENO_NO_UPDATE_CHECK: "1", BELFRY_DATABASE_URL: databaseUrl, ...environment },
      whenDone,
    );
    return { url, setupCode };
  };

export const workerWithServer: Deploy = async (environment, whenDone) => {
  const [bundle, databaseUrl] = await Promise.all([bundleWorker(), startDatabase(whenDone)]);
  whenDone(() => rm(bundle.folder, { recursive: true, force: true }));
  const { setup_code: setupCode } = await migrate(databaseUrl);
  const worker = await startWorker(
    bundle,
    { BELFRY_DATABASE_URL: databaseUrl, ...environment },
    { whenDone },
  );
  let pass: Promise<void> = Promise.resolve();
  // The trigger, sixty times as often.
  const trigger = setInterval(() => (pass = pass.then(worker.scheduled)), 1_000);
  whenDone(async () => {
    clearInterval(trigger);
    await pass.catch(() => {});
  });
  return { url: worker.url, setupCode };
};
