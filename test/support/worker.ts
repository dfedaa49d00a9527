// The Worker's bundle in workerd, as wrangler.toml describes it, with its log kept.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { onTestFinished } from "vitest";
import type { Bundle } from "./bundle.ts";
import type { WhenDone } from "./program.ts";
import { secretKey } from "./server.ts";

export interface RunningWorker {
  /** Without a trailing slash. */
  url: string;
  /** Lines that it logged. */
  logs: string[];
  /** What the platform takes them for. */
  levels: string[];
  /** What the cron trigger does; resolves when the pass is over. */
  scheduled: () => Promise<void>;
}

interface Scheduled {
  scheduled: (trigger: { cron: string }) => Promise<{ outcome: string }>;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

const settings = await readFile(join(root, "wrangler.toml"), "utf8");
const setting = (name: string) =>
  JSON.parse(new RegExp(`^${name} = (.*)$`, "m").exec(settings)?.[1] ?? "null") as unknown;

const durableObjects = Object.fromEntries(
  [...settings.matchAll(/^name = "([A-Z_]+)"\nclass_name = "(\w+)"$/gm)].map(([, name, className]) => [
    name!,
    className!,
  ]),
);

/** As wrangler.toml has it. Whoever made it disposes of it. */
export function createWorker(
  { folder, file }: Pick<Bundle, "folder" | "file">,
  bindings: Record<string, string>,
  onLog: (line: string, level: string) => void = () => {},
  without?: "DELIVERY_ALARM",
): Miniflare {
  return new Miniflare(
    convertV4MiniflareOptions({
      name: "belfry",
      rootPath: folder,
      modulesRoot: folder,
      modules: [{ type: "ESModule", path: file }],
      compatibilityDate: setting("compatibility_date") as string,
      compatibilityFlags: setting("compatibility_flags") as string[],
      durableObjects: Object.fromEntries(Object.entries(durableObjects).filter(([name]) => name !== without)),
      bindings: { BELFRY_SECRET_KEY: secretKey, ...bindings },
      assets: {
        directory: join(folder, "public"),
        binding: setting("binding") as string,
        run_worker_first: setting("run_worker_first") as string[],
        routerConfig: { has_user_worker: true },
      },
      cf: false,
      host: "127.0.0.1",
      port: 0,
      handleStructuredLogs: ({ message, level }) => onLog(message, level),
    }),
  );
}

/** Stops when the test ends, or when `whenDone` says. */
export async function startWorker(
  bundle: Bundle,
  bindings: Record<string, string>,
  { whenDone = onTestFinished, without }: { whenDone?: WhenDone; without?: "DELIVERY_ALARM" } = {},
): Promise<RunningWorker> {
  const [logs, levels]: [string[], string[]] = [[], []];
  const onLog = (line: string, level: string) => void (logs.push(line), levels.push(level));
  const miniflare = createWorker(bundle, bindings, onLog, without);
  whenDone(() => miniflare.dispose());
  const url = (await miniflare.ready).origin;
  return {
    url,
    logs,
    levels,
    scheduled: async () => {
      const [cron] = setting("crons") as string[];
      // What the types leave out of a Worker's stub.
      const worker = (await miniflare.getWorker()) as unknown as Scheduled;
      const { outcome } = await worker.scheduled({ cron: cron! });
      if (outcome !== "ok") throw new Error(`the scheduled pass ended with ${outcome}`);
    },
  };
}
