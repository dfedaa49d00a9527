// `npm run dev:worker`: the Worker in workerd on this machine, with a libSQL server started for it, migrated, and the cron
// trigger, which wrangler leaves out. What follows is wrangler's: `npm run dev:worker -- --port 8788`.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { keepKey } from "../src/runtime/prepare.ts";
import { freePort } from "./support/program.ts";
import { binary, flagsFor, noServer } from "./support/sqld.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = process.env["DEV_WORKER_FOLDER"] ?? join(root, "data/worker");
const given = process.argv.slice(2);
const { values } = parseArgs({
  args: given,
  options: { port: { type: "string", default: "8787" } },
  strict: false,
});
const address = `http://127.0.0.1:${values.port}`;
/** Milliseconds; wrangler.toml's trigger comes every minute. */
const passInterval = 60_000;
const startInterval = 200;

if (noServer) {
  console.error("npm has no libSQL server for this platform; start one yourself, and: npx wrangler dev");
  process.exit(1);
}
mkdirSync(folder, { recursive: true });
const port = await freePort();
const database = spawn(binary, flagsFor(join(folder, "database"), port), { stdio: "ignore" });
process.on("exit", () => database.kill());
const variables = {
  BELFRY_DATABASE_URL: `http://127.0.0.1:${port}`,
  BELFRY_SECRET_KEY: keepKey(join(folder, "belfry.key")),
  BELFRY_ACCESS_URL: address,
};
// It waits until the server answers.
const { status } = spawnSync(process.execPath, [join(root, "src/launch.js"), "admin", "migrate"], {
  env: { ...process.env, ...variables },
  stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);

const bindings = Object.entries(variables).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
const wrangler = spawn(
  process.execPath,
  [join(root, "node_modules/wrangler/bin/wrangler.js"), "dev", "--ip", "127.0.0.1", ...bindings, ...given],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false" },
  },
);
const trigger = `${address}/cdn-cgi/handler/scheduled?cron=*+*+*+*+*`;
const run = () =>
  fetch(trigger).then(
    ({ ok }) => ok,
    () => false,
  );
// The first as soon as wrangler answers: until then /readyz says that there has been none.
void (async () => {
  while (!(await run())) await new Promise((resolve) => setTimeout(resolve, startInterval));
  console.log(`Belfry is ready on ${address}`);
})();
setInterval(() => void run(), passInterval);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => wrangler.kill(signal));
const [code] = (await once(wrangler, "exit")) as [number | null];
process.exit(code ?? 0);
