// `npm run demo`: a Belfry of its own in a temporary folder, with people, a pool that fails, a claim, an agent that waits
// for an answer and a script that reports. Everything happens over the HTTP API, as it would with Coder's clients.
// `--once` hurries and ends after the story: the test of it.
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "../../src/runtime/server.ts";
import { startMachines } from "./machines.ts";
import { introduce, password, people, type People } from "./people.ts";
import { tellStory } from "./story.ts";

const isHurried = process.argv.includes("--once");
const pace = isHurried
  ? { build: 50, boot: 50, work: 200, pause: 0 }
  : { build: 700, boot: 1_500, work: 4_000, pause: 5_000 };

/** Everything more often than in earnest, so that a minute is enough. */
const often = isHurried ? "100ms" : "1s";
const settings = {
  BELFRY_HTTP_ADDRESS: "127.0.0.1:0",
  BELFRY_LOG_FORMAT: "text",
  BELFRY_NOTIFICATIONS_FETCH_INTERVAL: often,
  BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_INTERVAL: often,
  BELFRY_WORKSPACE_PREBUILDS_RECONCILIATION_BACKOFF_INTERVAL: often,
};
const launcher = fileURLToPath(new URL("../../src/launch.js", import.meta.url));
const inDemo = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** A program of Belfry's, as somebody would start it. */
function belfry(
  words: string[],
  environment: Record<string, string>,
  output: "ignore" | "inherit" = "ignore",
) {
  const child = spawn(process.execPath, [launcher, ...words], {
    stdio: ["ignore", "ignore", output],
    env: { PATH: process.env["PATH"], ...environment },
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  // It must not outlive a demo that breaks.
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  void ended.then(() => process.off("exit", kill));
  return { ended, stop: () => void child.kill("SIGTERM") };
}

function welcome(url: string): void {
  const lines = people.map(
    ({ username, email, what }) => `    ${username.padEnd(5)} ${email.padEnd(18)}  ${what}`,
  );
  console.log(
    [
      "",
      `  Open  ${url}/inbox  and sign in:`,
      "",
      ...lines,
      "",
      `    password of all three:  ${password}`,
      "",
      "  Watch the inbox during the demo:",
      "",
    ].join("\n"),
  );
}

const folder = await mkdtemp(join(tmpdir(), "belfry-demo-"));
const log = join(folder, "server.log");
const server = await startServer(
  { ...settings, BELFRY_DATABASE_URL: `file:${join(folder, "belfry.db")}` },
  { terminal: true, write: (line) => appendFileSync(log, `${line}\n`) },
);
const url = server.address;
const known: People = await introduce(url);
const machines = await startMachines({ server: url, isBuilt: known.isBuilt, ...pace });
const provisioner = belfry(
  [
    "provisioner",
    "start",
    "--exec",
    inDemo("build.js"),
    "--name",
    "demo",
    "--concurrency",
    "4",
    "--work-dir",
    folder,
  ],
  {
    BELFRY_URL: url,
    BELFRY_PROVISIONER_KEY: known.provisionerKey,
    BELFRY_CONFIG_DIR: folder,
    DEMO_MACHINES: machines.url,
    DEMO_BUILD_MS: String(pace.build),
  },
);

async function end(code: number): Promise<never> {
  provisioner.stop();
  await provisioner.ended;
  machines.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
  process.exit(code);
}
let isEnding = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (isEnding) process.exit(130);
    isEnding = true;
    void end(0);
  });
}

const as = (token: string) => ({ BELFRY_URL: url, BELFRY_SESSION_TOKEN: token, BELFRY_CONFIG_DIR: folder });
welcome(url);
try {
  await tellStory({
    url,
    people: known,
    pause: pace.pause,
    push: () => belfry(["templates", "push", inDemo("template")], as(known.ada)).ended,
    runScript: () =>
      belfry(
        [
          "run",
          "--title",
          "npm test",
          "--",
          "sh",
          "-c",
          `sleep ${isHurried ? 0 : 3}; echo "312 tests passed"`,
        ],
        as(known.ada),
      ).ended,
  });
} catch (error) {
  console.error(error);
  console.error(`The server's log: ${log}`);
  if (isHurried) await end(1);
}
if (isHurried) await end(0);
console.log(
  [
    "",
    "  That was all. Belfry keeps running: look around, or ask it from a second terminal:",
    "",
    `    npx belfry login ${url}`,
    "    npx belfry prebuilds plan",
    "    npx belfry prebuilds resume docker/large",
    "    npx belfry templates drift docker",
    "",
    `  Ctrl-C ends it and removes its data (${folder}).`,
    "",
  ].join("\n"),
);
