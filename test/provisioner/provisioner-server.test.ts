// A workspace from template to deletion: a pushed template, builds over the API, and `belfry provisioner start` against the
// real server.
import { expect, test } from "vitest";
import {
  docsTemplate,
  real,
  realWords,
  script,
  standIn,
  startDaemon,
  startDaemonProcess,
} from "../support/provisioner.ts";
import { signInFirst, startTestServer } from "../support/server.ts";
import { makeTar } from "../support/tar.ts";
import { countRows } from "../support/stored.ts";

const organization = "/api/v2/organizations/default";

async function startWithTemplate(main: string) {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const ask = async <M extends string, P extends string>(method: M, path: P, json?: object) => {
    const answer = await server.call(method, path, { token, ...(json === undefined ? {} : { json }) });
    expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300);
    return answer.json;
  };
  const { key } = await ask("POST", `${organization}/provisionerkeys`, { name: "first" });
  const stored = await server.call("POST", "/api/v2/files", {
    token,
    body: makeTar([{ path: "./main.tf", content: main }]) as BodyInit,
    headers: { "content-type": "application/x-tar" },
  });
  const version = await ask("POST", `${organization}/templateversions`, {
    file_id: stored.json.hash,
    parameters: [
      { name: "region", default_value: "eu" },
      { name: "password", default_value: "very hush", sensitive: true },
    ],
  });
  const template = { name: "hello", template_version_id: version.id };
  const { id: template_id } = await ask("POST", `${organization}/templates`, template);
  const make = (name: string) => ask("POST", "/api/v2/users/me/workspaces", { name, template_id });
  const build = (workspaceId: string, transition: string) =>
    ask("POST", `/api/v2/workspaces/${workspaceId}/builds`, { transition });
  return { server, ask, make, build, at: { url: server.url, key: server.secret(key) } };
}

test(`A workspace is created, stopped, started by another provisioner and deleted (with ${realWords})`, async () => {
  const { ask, make, build, at } = await startWithTemplate(await docsTemplate());
  const words = ["--terraform", real ?? (await standIn())];
  const first = await startDaemon(at, [...words, "--name", "first"]);
  const workspace = await make("dev");
  const made = workspace.latest_build;
  await first.saying(`job ${made.job.id ?? made.id}: completed`);
  const shown = await ask("GET", `/api/v2/workspacebuilds/${made.id}`);
  expect(shown).toMatchObject({
    status: "running",
    job: { status: "succeeded" },
    resources: [{ type: "terraform_data", agents: [{ name: "main", apps: [{ slug: "editor" }] }] }],
  });
  const lines = (await ask("GET", `/api/v2/workspacebuilds/${made.id}/logs`)) as { output: string }[];
  expect(lines.map(({ output }) => output).join("\n")).toContain("Apply complete!");
  first.kill("SIGTERM");
  expect((await first.ended).code).toBe(0);

  const second = await startDaemon(at, [...words, "--name", "second"]);
  for (const [transition, status] of [
    ["stop", "stopped"],
    ["start", "running"],
    ["delete", "deleted"],
  ] as const) {
    const { id, job } = await build(workspace.id, transition);
    await second.saying(`job ${job.id ?? id}: completed`);
    expect((await ask("GET", `/api/v2/workspacebuilds/${id}`)).status).toBe(status);
  }
});

test("Two provisioners that are killed, one before its plan and one while it applies, lose no resources", async () => {
  const { server, ask, make, build, at } = await startWithTemplate("# apply: hang\n");
  const words = ["--terraform", await standIn()];
  const lapse = async () => {
    await server.runTick();
    for (const _ of [1, 2]) {
      server.clock.advance(31_000);
      await server.runTick();
    }
  };
  // The first one is killed while it runs a script that never ends: before any plan.
  const file = await script("exec sleep 5");
  const first = await startDaemonProcess(at, ["--exec", file]);
  const workspace = await make("dev");
  const { id } = workspace.latest_build;
  await first.saying(`job ${id}: start`);
  first.kill("SIGKILL");
  await first.ended;
  await lapse();

  const second = await startDaemonProcess(at, words);
  await second.saying(`job ${id}: start`);
  const stored = async () => (await countRows(server, "workspace_states")) > 0;
  // The database answers within this process: it has to let the requests through in between.
  while (!(await stored())) await new Promise((resolve) => setImmediate(resolve));
  second.kill("SIGKILL");
  await second.ended;
  await lapse();
  expect((await ask("GET", `/api/v2/workspacebuilds/${id}`)).job).toMatchObject({
    status: "failed",
    error_code: "LEASE_LOST",
  });

  // What the second one had made is known to the third, which takes the workspace through the rest of its life.
  const takeover = await script(
    'job=$(cat); echo "state: $(tail -n 1 "$BELFRY_STATE")"; echo >> "$BELFRY_STATE"; echo "$job" | grep -o "\\"transition\\":\\"[a-z]*" >> "$BELFRY_STATE"',
  );
  const third = await startDaemon(at, ["--exec", takeover]);
  const seen: string[] = [];
  for (const transition of ["start", "stop", "start", "delete"]) {
    const made = await build(workspace.id, transition);
    await third.saying(`job ${made.id}: completed`);
    const lines = (await ask("GET", `/api/v2/workspacebuilds/${made.id}/logs`)) as { output: string }[];
    seen.push(...lines.map(({ output }) => output).filter((line) => line.startsWith("state: ")));
  }
  expect(seen).toEqual([
    'state: {"version":4,"serial":1,"resources":["terraform_data.workspace"]}',
    'state: "transition":"start',
    'state: "transition":"stop',
    'state: "transition":"start',
  ]);
  const end = await ask("GET", `/api/v2/workspaces/${workspace.id}?include_deleted=true`);
  expect(end.latest_build.status).toBe("deleted");
});

test("A script's failure is the build's, with its log; a canceled build is canceled", async () => {
  const { ask, make, at } = await startWithTemplate("");
  const file = await script(
    `job=$(cat); echo "job: $job"; case "$job" in *slow*) sleep 60;; *) echo "no room" >&2; exit 1;; esac`,
  );
  const daemon = await startDaemon(at, ["--exec", file]);
  const failed = (await make("fails")).latest_build;
  await daemon.saying(`job ${failed.id}: failed`);
  const shown = await ask("GET", `/api/v2/workspacebuilds/${failed.id}`);
  expect(shown.job).toMatchObject({ status: "failed", error: "The script failed: no room" });
  const lines = await ask("GET", `/api/v2/workspacebuilds/${failed.id}/logs`);
  expect(lines).toContainEqual(expect.objectContaining({ output: "no room", log_level: "error" }));
  // The job as a whole is printed; what is sensitive in it is not.
  expect(JSON.stringify(lines)).toContain('\\"region\\",\\"value\\":\\"eu\\"');
  expect(JSON.stringify(lines)).toContain('\\"password\\",\\"value\\":\\"********\\"');

  const slow = (await make("slow")).latest_build;
  await daemon.saying(`job ${slow.id}: start`);
  await ask("PATCH", `/api/v2/workspacebuilds/${slow.id}/cancel`);
  await daemon.saying(`job ${slow.id}: canceled`);
  expect((await ask("GET", `/api/v2/workspacebuilds/${slow.id}`)).job.status).toBe("canceled");
});
