// The Worker's bundle in workerd, as wrangler.toml describes it, with its log kept.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { onTestFinished } from "vitest";
import type { Bundle } from "./bundle.ts";
import { secretKey } from "./server.ts";

export interface RunningWorker {
  /** Without a trailing slash. */
  url: string;
  /** Lines that it logged. */
  logs: string[];
  /** What the cron trigger does; resolves when the pass is over. */
  scheduled: () => Promise<void>;
}

interface Scheduled {
  scheduled: (trigger: { cron: string }) => Promise<{ outcome: string }>;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Stops when the test ends. */
export async function startWorker(bundle: Bundle, bindings: Record<string, string>): Promise<RunningWorker> {
  const settings = await readFile(join(root, "wrangler.toml"), "utf8");
  const setting = (name: string) => new RegExp(`^${name} = (.*)$`, "m").exec(settings)?.[1] ?? "";
  const logs: string[] = [];
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: "belfry",
      rootPath: bundle.folder,
      modulesRoot: bundle.folder,
      modules: [{ type: "ESModule", path: bundle.file }],
      compatibilityDate: JSON.parse(setting("compatibility_date")) as string,
      compatibilityFlags: JSON.parse(setting("compatibility_flags")) as string[],
      bindings: { BELFRY_SECRET_KEY: secretKey, ...bindings },
      assets: {
        directory: join(root, JSON.parse(setting("directory")) as string),
        binding: JSON.parse(setting("binding")) as string,
        routerConfig: {
          has_user_worker: true,
          invoke_user_worker_ahead_of_assets: JSON.parse(setting("run_worker_first")) as boolean,
        },
      },
      cf: false,
      host: "127.0.0.1",
      port: 0,
      handleStructuredLogs: ({ message }) => logs.push(message),
    }),
  );
  onTestFinished(() => miniflare.dispose());
  const url = (await miniflare.ready).origin;
  return {
    url,
    logs,
    scheduled: async () => {
      const [cron] = JSON.parse(setting("crons")) as string[];
      // What the types leave out of a Worker's stub.
      const worker = (await miniflare.getWorker()) as unknown as Scheduled;
      const { outcome } = await worker.scheduled({ cron: cron! });
      if (outcome !== "ok") throw new Error(`the scheduled pass ended with ${outcome}`);
    },
  };
}
