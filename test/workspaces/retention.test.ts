// What is old is deleted, and nothing that anything refers to: random deployments beside a model that says what stays.
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { deleteOld } from "../../src/workspaces/retention/delete-old.ts";
import { createMeter } from "../support/meter.ts";
import { startPools } from "../support/pools.ts";
import { temporaryFolder } from "../support/program.ts";
import { signInFirst, startTestServer, type TestServer, type TestServerOptions } from "../support/server.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";
import { addTemplate, addVersion, organizationOf } from "../support/workspaces.ts";

const day = 86_400_000;
const [logDays, buildDays, versionDays, fileDays] = [30, 180, 180, 7];

interface Build {
  id: string;
  number: number;
  age: number;
  status: string;
  generation: string;
  hasPrompt: boolean;
  hasState: boolean;
  logs: number;
  version: string;
}
interface Workspace {
  id: string;
  deletedAge: number | null;
  builds: Build[];
}
interface Deployment {
  versions: { id: string; age: number; template: number | null; file: string | null }[];
  files: { id: string; age: number }[];
  workspaces: Workspace[];
}

const age = fc.integer({ min: 0, max: 400 });
const build = fc.record({
  age,
  ends: fc.constantFrom("succeeded", "succeeded", "failed", "canceled"),
  isNewGeneration: fc.nat(11).map((turn) => turn === 0),
  hasPrompt: fc.boolean(),
  hasState: fc.boolean(),
  logs: fc.integer({ min: 0, max: 3 }),
  version: fc.nat(),
});
const deployment = fc
  .record({
    versions: fc.array(fc.record({ age, template: fc.option(fc.nat(1)), file: fc.option(fc.nat()) }), {
      minLength: 1,
      maxLength: 8,
    }),
    files: fc.array(age, { maxLength: 4 }),
    workspaces: fc.array(
      fc.record({
        deleted: fc.option(age),
        isAtWork: fc.boolean(),
        builds: fc.array(build, { minLength: 1, maxLength: 60, size: "max" }),
      }),
      { maxLength: 4 },
    ),
  })
  .map(({ versions, files, workspaces }): Deployment => {
    const fileRows = files.map((one, at) => ({ id: `file-${at}`, age: one }));
    const versionRows = versions
      .toSorted((a, b) => b.age - a.age)
      .map(({ age: of, template, file }, at) => ({
        id: `version-${at}`,
        age: of,
        template,
        file: file === null || fileRows.length === 0 ? null : fileRows[file % fileRows.length]!.id,
      }));
    return {
      files: fileRows,
      versions: versionRows,
      workspaces: workspaces.map(({ deleted, isAtWork, builds }, at) => {
        let generation = 0;
        const rows = builds
          .toSorted((a, b) => b.age - a.age)
          .map(({ ends, isNewGeneration, version, ...one }, place): Build => {
            if (isNewGeneration) generation += 1;
            const isLast = place === builds.length - 1;
            return {
              ...one,
              id: `build-${at}-${place}`,
              number: place + 1,
              generation: `g-${at}-${generation}`,
              status: isLast && isAtWork && deleted === null ? "running" : ends,
              version: versionRows[version % versionRows.length]!.id,
            };
          });
        return { id: `workspace-${at}`, deletedAge: deleted, builds: rows };
      }),
    };
  });

/** What stays, said in another way than the SQL does. */
function expected({ versions, files, workspaces }: Deployment) {
  const keptBuilds = workspaces.flatMap(({ deletedAge, builds }) => {
    const last = builds.at(-1)!;
    const needed = new Set(
      [
        builds[0],
        ...builds.slice(-20),
        ...builds.filter(({ generation }) => generation === last.generation),
        builds.findLast(({ hasPrompt }) => hasPrompt),
        builds.findLast(({ hasState }) => hasState),
      ].map((one) => one?.id),
    );
    return builds.filter((one) => {
      if (one.status === "running" || one.age <= buildDays) return true;
      return deletedAge === null ? needed.has(one.id) : deletedAge <= buildDays;
    });
  });
  const isKept = new Set(keptBuilds.map(({ id }) => id));
  const keptWorkspaces = workspaces.filter(
    ({ deletedAge, builds }) =>
      deletedAge === null || deletedAge <= buildDays || builds.some(({ id }) => isKept.has(id)),
  );
  const logs = workspaces.flatMap(({ deletedAge, builds }) =>
    builds.filter(({ id, age: of, status }) => {
      const isLatest = deletedAge === null && id === builds.at(-1)!.id;
      return isKept.has(id) && (isLatest || status === "running" || of <= logDays);
    }),
  );
  const keptVersions = versions.filter(({ id, age: of, template }, at) => {
    if (of <= versionDays || keptBuilds.some(({ version }) => version === id)) return true;
    return template !== null && !versions.slice(at + 1).some((later) => later.template === template);
  });
  const keptFiles = files.filter(
    ({ id, age: of }) => of <= fileDays || keptVersions.some(({ file }) => file === id),
  );
  const ids = (rows: { id: string }[]) => rows.map(({ id }) => id).toSorted();
  return {
    builds: ids(keptBuilds),
    states: ids(keptBuilds.filter(({ hasState }) => hasState)),
    logs: logs.flatMap((one) => Array.from({ length: one.logs }, () => one.id)).toSorted(),
    workspaces: ids(keptWorkspaces),
    versions: ids(keptVersions),
    files: ids(keptFiles),
  };
}

let server: TestServer;
let userId: string;
let organizationId: string;
let templates: string[];

async function insert(table: string, rows: readonly Record<string, string | number | null>[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0]!);
  const json = JSON.stringify(rows).replaceAll("'", "''");
  await server.sql(`INSERT OR IGNORE INTO ${table} (${columns.join()})
    SELECT ${columns.map((column) => `value ->> '${column}'`).join()} FROM json_each('${json}') RETURNING 1`);
}

/** The run comes a day later; then, nothing is just at its limit. */
const at = (days: number) => server.clock.now() - days * day + 1.5 * day;

async function store({ versions, files, workspaces }: Deployment): Promise<void> {
  await insert(
    "files",
    files.map((one) => ({ id: one.id, hash: one.id, size: 1, created_by: userId, created_at: at(one.age) })),
  );
  await insert(
    "file_chunks",
    files.map(({ id }) => ({ file_id: id, position: 0, content: "x" })),
  );
  await insert(
    "template_versions",
    versions.map((one) => ({
      id: one.id,
      organization_id: organizationId,
      template_id: one.template === null ? null : templates[one.template]!,
      name: one.id,
      message: "",
      file_id: one.file,
      has_ai_task: 0,
      created_by: userId,
      created_at: at(one.age),
      updated_at: at(one.age),
    })),
  );
  await insert(
    "workspaces",
    workspaces.map(({ id, deletedAge }) => ({
      id,
      owner_id: userId,
      organization_id: organizationId,
      template_id: templates[0]!,
      name: id,
      automatic_updates: "never",
      created_at: 1,
      updated_at: 1,
      last_used_at: 1,
      deleted_at: deletedAge === null ? null : at(deletedAge),
    })),
  );
  const builds = workspaces.flatMap(({ id, builds: own }) => own.map((one) => ({ ...one, workspace: id })));
  await insert("workspace_builds", builds.map(buildRow));
  await server.sql(`UPDATE workspaces SET latest_build_id = (SELECT id FROM workspace_builds b
    WHERE b.workspace_id = workspaces.id ORDER BY number DESC LIMIT 1) RETURNING 1`);
  await insert(
    "workspace_states",
    builds.filter(({ hasState }) => hasState).map(({ id }) => ({ build_id: id, position: 0, content: "x" })),
  );
  await insert(
    "build_logs",
    builds.flatMap(({ id, logs, age: of }) =>
      Array.from({ length: logs }, (_, line) => ({
        id: `${id}-${line}`,
        build_id: id,
        at: at(of),
        level: "info",
        source: "provisioner",
        stage: "",
        output: "x",
      })),
    ),
  );
  await insert(
    "workspace_resources",
    builds.map(({ id }) => ({ id: `r-${id}`, build_id: id, type: "t", name: "n" })),
  );
  await insert(
    "workspace_agents",
    builds.map(({ id }) => ({
      id: `a-${id}`,
      resource_id: `r-${id}`,
      build_id: id,
      name: "main",
      lifecycle_state: "ready",
      created_at: 1,
    })),
  );
}

const buildRow = (one: Build & { workspace: string }) => ({
  id: one.id,
  workspace_id: one.workspace,
  number: one.number,
  version_id: one.version,
  transition: "start",
  reason: "initiator",
  stage: "none",
  initiator_id: userId,
  status: one.status,
  agent_generation: one.generation,
  has_ai_task: 0,
  ai_task_prompt: one.hasPrompt ? "x" : null,
  created_at: at(one.age),
  updated_at: at(one.age),
  completed_at: one.status === "running" ? null : at(one.age),
  priority: 0,
});

const column = async (statement: string) =>
  (await server.sql(statement)).map((row) => String(Object.values(row)[0])).toSorted();

const stored = async () => ({
  builds: await column("SELECT id FROM workspace_builds"),
  states: await column("SELECT build_id FROM workspace_states"),
  logs: await column("SELECT build_id FROM build_logs"),
  workspaces: await column("SELECT id FROM workspaces"),
  versions: await column("SELECT id FROM template_versions WHERE name LIKE 'version-%'"),
  files: await column("SELECT id FROM files"),
});

/** The next tick's run begins: it is due once a day. */
const run = async () => {
  server.clock.advance(25 * 3_600_000);
  await server.runTick();
};

async function clear(): Promise<void> {
  for (const table of ["workspace_builds", "workspaces", "template_versions", "files"])
    await server.sql(`DELETE FROM ${table} WHERE id LIKE '%-%' AND length(id) < 20 RETURNING 1`);
}

async function start(options: TestServerOptions = {}): Promise<void> {
  server = await startTestServer(options);
  ({ userId } = await signInFirst(server));
  organizationId = await organizationOf(server);
  // What a template is created with is its active version, older than all others.
  const created = [await addTemplate(server, userId, "one"), await addTemplate(server, userId, "two")];
  templates = created.map(({ templateId }) => templateId);
  await server.runTick();
}

/** Old builds of one workspace, each with a line of log, and a deleted workspace. */
const history = (count: number): Deployment => {
  const builds = (workspace: number) =>
    Array.from({ length: count }, (_, place) => ({
      id: `build-${workspace}-${place}`,
      number: place + 1,
      age: 400 - (place * 200) / count,
      status: "succeeded",
      generation: `g-${workspace}-${place}`,
      hasPrompt: place === 2,
      hasState: place >= count - 3,
      logs: 1,
      version: "version-0",
    }));
  return {
    files: [{ id: "file-0", age: 300 }],
    versions: [
      { id: "version-0", age: 390, template: 0, file: "file-0" },
      { id: "version-1", age: 380, template: 0, file: null },
      { id: "version-2", age: 370, template: 0, file: null },
    ],
    workspaces: [
      { id: "workspace-0", deletedAge: null, builds: builds(0) },
      { id: "workspace-1", deletedAge: 199, builds: builds(1) },
    ],
  };
};

describe("a run", () => {
  test("deletes what is older than its retention, and nothing that something refers to", async () => {
    await start();
    await fc.assert(
      fc
        .asyncProperty(deployment, async (one) => {
          await store(one);
          await run();
          expect(await stored()).toEqual(expected(one));
          expect(await server.sql("SELECT * FROM pragma_foreign_key_check")).toEqual([]);
          const agents = await column("SELECT id FROM workspace_agents");
          expect(agents).toEqual(
            expected(one)
              .builds.map((id) => `a-${id}`)
              .toSorted(),
          );
        })
        .afterEach(clear),
      { numRuns: 15 },
    );
    expect(await column("SELECT name FROM template_versions")).toHaveLength(2);
  });

  test.each(["twice", "lost"] as const)("does the same if writes go %s", async (adapter) => {
    await start({ adapter });
    const one = history(30);
    await store(one);
    await run();
    expect(await stored()).toEqual(expected(one));
  });

  test.skipIf(noServer)("does the same on a database server", async () => {
    const libsql = await startLibsqlServer();
    onTestFinished(libsql.stop);
    await start({ adapter: "plain", environment: { BELFRY_DATABASE_URL: libsql.url } });
    const one = history(30);
    await store(one);
    await run();
    expect(await stored()).toEqual(expected(one));
  });

  test("goes on in the next tick if there is no more time, and is due again after a day", async () => {
    await start();
    const one = history(700);
    await store(one);
    server.clock.advance(25 * 3_600_000);
    const { db } = server;
    const read = async () => ({
      retention: (await server.sql("SELECT value FROM settings WHERE key = 'retention'")) as {
        value: string;
      }[],
    });
    let runs = 0;
    // The time is up after the first page.
    for (let isDone = false; !isDone; runs += 1) {
      let reads = 0;
      const counting = db.observe("test", ({ mode }) => void (reads += mode === "read" ? 1 : 0));
      const deps = { ...server.deps(), db: counting };
      const now = () => (reads === 0 ? server.clock.now() : server.clock.now() + 1);
      await deleteOld({ ...deps, now }, await read(), server.clock.now() + 1);
      isDone = JSON.parse((await read()).retention[0]!.value).dueAt > server.clock.now() + 3_600_000;
      server.clock.advance(10);
    }
    expect(runs).toBeGreaterThan(3);
    expect(await stored()).toEqual(expected(one));
    const before = await read();
    await server.runTick();
    expect(await read()).toEqual(before);
  });

  test("is one instance's at a time", async () => {
    const folder = await temporaryFolder();
    await start({ folder });
    const second = await startTestServer({ folder, clock: server.clock });
    const one = history(30);
    await store(one);
    server.clock.advance(25 * 3_600_000);
    const before = (await server.sql("SELECT value FROM settings WHERE key = 'retention'")) as {
      value: string;
    }[];
    const until = server.clock.now() + day;
    const counts = await Promise.all(
      [server, second].map((each) => deleteOld(each.deps(), { retention: before }, until)),
    );
    expect(counts.filter((each) => Object.keys(each).length === 0)).toHaveLength(1);
    expect(await stored()).toEqual(expected(one));
  });

  test("costs an idle tick nothing, and the log has what a run has deleted", async () => {
    const meter = createMeter();
    await start({ onTrip: meter.onTrip });
    meter.reset();
    await server.runTick();
    expect(meter.trips).toBe(2);
    await store(history(30));
    await run();
    const lines = server.logs.filter((line) => line.includes("deleted what is older than its retention"));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ builds: expect.any(Number), workspaces: 1, template_versions: 1 }),
    ]);
  });
});

test("what a pool's limits count stays as long as its version is active, also of workspaces that are gone", async () => {
  const { server: own, pass, fail, userId: owner, templateId, presetId } = await startPools({}, {});
  await own.runTick();
  const limited = async () => {
    own.clock.advance(15_000);
    return (await own.call("GET", "/metrics")).text.includes(
      "coderd_prebuilt_workspaces_preset_hard_limited{",
    );
  };
  for (let count = 0; count < 3; count += 1) {
    await pass();
    await fail();
    own.clock.advance(3_600_000);
  }
  await pass();
  expect(await limited()).toBe(true);
  own.clock.advance(400 * day);
  await own.runTick();
  await pass();
  expect(await limited()).toBe(true);
  const failures = async () =>
    (await own.sql(`SELECT id FROM workspace_builds WHERE preset_id = '${presetId}' AND status = 'failed'`))
      .length;
  await own.sql("UPDATE workspaces SET deleted_at = 1 RETURNING 1");
  own.clock.advance(2 * day);
  await own.runTick();
  expect(await failures()).toBe(3);
  const next = await addVersion(own, owner, templateId);
  await own.sql(`UPDATE templates SET active_version_id = '${next}' RETURNING 1`);
  own.clock.advance(2 * day);
  await own.runTick();
  expect(await failures()).toBe(0);
});
