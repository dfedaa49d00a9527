// The provisioner's rules: archives, plans, states, results, masks, log lines, settings.
import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  classifyStatus,
  retryDelayMs,
  readRetryAfter,
  describeInterrupt,
  isStronger,
  type InterruptReason,
  readJob,
} from "../../../src/provisioner/rules/job.ts";
import {
  batchLines,
  batchSize,
  type LogLine,
  frameOf,
  levelOf,
  problemIn,
  splitLines,
  tidyLine,
  type Frame,
  createMask,
} from "../../../src/provisioner/rules/log-lines.ts";
import {
  readCompletion,
  ShapeError,
  withTask,
  readState,
} from "../../../src/provisioner/rules/completion.ts";
import {
  scriptEnvironment,
  terraformEnvironment,
  reducePlan,
  applyStage,
  isLocalFile,
  planArguments,
  variableProblem,
} from "../../../src/provisioner/rules/terraform.ts";
import { OptionError, readKey, readSettings } from "../../../src/provisioner/rules/settings.ts";
import { readTar, TarError } from "../../../src/kernel/rules/tar.ts";
import { temporaryFolder } from "../../support/program.ts";
import { makeTar, pax, type TarPart } from "../../support/tar.ts";

const limits = { entries: 20, size: 10_000 };
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe("An archive", () => {
  const listed = (parts: TarPart[]) =>
    readTar(makeTar(parts), limits).map((entry) =>
      entry.kind === "folder"
        ? `${entry.path}/`
        : `${entry.path}${entry.executable ? "*" : ""}=${text(entry.content)}`,
    );

  test("gives files and folders, parents first, with long names in both formats", () => {
    const long = `${"a".repeat(120)}.tf`;
    expect(
      listed([
        { path: "./", type: "5" },
        { path: "./main.tf", content: "x" },
        { path: "modules/deep/run.sh", content: "y", mode: 0o755 },
        { path: "b.tf", prefix: "c/d", content: "z" },
        { path: "PaxHeader", type: "x", content: pax("path", long) },
        { path: "short", content: "pax" },
        { path: "././@LongLink", type: "L", content: `g/${long}\0` },
        { path: "short", content: "gnu" },
        { path: "main.tf", content: "later" },
      ]),
    ).toEqual([
      "main.tf=later",
      "modules/",
      "modules/deep/",
      "modules/deep/run.sh*=y",
      "c/",
      "c/d/",
      "c/d/b.tf=z",
      `${long}=pax`,
      "g/",
      `g/${long}=gnu`,
    ]);
  });

  test("that leaves the folder, contains links, is inconsistent or too large is refused with the reason", () => {
    const cases: [TarPart[], string][] = [
      [[{ path: "../x", content: "" }], "is outside"],
      [[{ path: "a/../../x", content: "" }], "is outside"],
      [[{ path: "/etc/passwd", content: "" }], "is outside"],
      [[{ path: "a\\..\\x", content: "" }], "is outside"],
      [[{ path: "h", type: "x", content: pax("path", "../x") }, { path: "y" }], "is outside"],
      [[{ path: "x", type: "1" }], "is a link"],
      [[{ path: "x", type: "2" }], "is a link"],
      [[{ path: "x", type: "3" }], "neither a file nor a folder"],
      [[{ path: "x" }, { path: "x/y" }], "a file and a folder"],
      [[{ path: "x", type: "5" }, { path: "x" }], "a file and a folder"],
      [[{ path: "x", content: "a".repeat(10_001) }], "larger than 10000 bytes"],
      [Array.from({ length: 21 }, (_, at) => ({ path: `f${at}` })), "more than 20 entries"],
      [[{ path: "h", type: "x", content: "999 path=x\n" }, { path: "y" }], "can't be read"],
      [[{ path: "h", type: "x", content: pax("size", "-1") }, { path: "y" }], "can't be read"],
      [[{ path: "h", type: "x", content: pax("size", "99999999") }, { path: "y" }], "in the middle"],
      [[{ path: "h", type: "L", content: "n".repeat(256) }, { path: "y" }], "too long"],
    ];
    for (const [parts, words] of cases) expect(() => listed(parts), words).toThrow(words);
    expect(() => readTar(new Uint8Array(1_024).fill(1), limits)).toThrow("Not a tar archive");
    expect(() => readTar(makeTar([{ path: "a" }]).subarray(0, 700), limits)).toThrow("its end is missing");
    const damaged = makeTar([{ path: "a" }, { path: "b" }]);
    damaged[512] = 7;
    expect(() => readTar(damaged, limits)).toThrow("damaged");
    expect(readTar(new Uint8Array(0), limits)).toEqual([]);
  });

  test("made by tar is read; arbitrary bytes give entries inside the folder or a TarError", async () => {
    const folder = await temporaryFolder();
    const name = `${"long".repeat(30)}.tf`;
    await mkdir(join(folder, "modules"));
    await writeFile(join(folder, "modules", name), "content");
    for (const format of ["gnu", "pax"]) {
      const { stdout } = spawnSync("tar", ["-C", folder, `--format=${format}`, "-cf", "-", "."]);
      const file = readTar(stdout, limits).find(({ kind }) => kind === "file");
      expect(file).toMatchObject({ path: `modules/${name}`, executable: false });
    }
    const valid = makeTar([
      { path: "h", type: "x", content: pax("path", "a/b") },
      { path: "y", content: "z" },
    ]);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
        const bytes = Uint8Array.from(valid);
        for (const [at, byte] of changes) bytes[at] = byte;
        try {
          for (const { path } of readTar(bytes, limits)) expect(path).not.toMatch(/^\/|(^|\/)\.\.(\/|$)|^$/);
        } catch (error) {
          expect(error).toBeInstanceOf(TarError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("A plan", () => {
  test("is reduced to changes without values", () => {
    const change = (actions: string[], more = {}) => ({
      actions,
      before: { password: "hush" },
      after: { password: "hush" },
      ...more,
    });
    const paths = [["network", 0, "name"], ["rules", { secret: "hush" }, "port"], []];
    const document = {
      format_version: "1.2",
      variables: { token: { value: "hush" } },
      prior_state: { values: "hush" },
      resource_changes: [
        {
          address: "docker_container.dev[0]",
          type: "docker_container",
          change: change(["delete", "create"], { replace_paths: paths, after_sensitive: { password: true } }),
        },
        { address: "docker_volume.home", type: "docker_volume", change: change(["no-op"]) },
        { address: "data.http.ip", type: "http", change: change(["read"]) },
        { address: "null_resource.a", change: change(["update"], { replace_paths: null }) },
        { type: "no address", change: change(["create"]) },
        {
          address: 'a_b.c["hush"]',
          type: "a_b",
          action_reason: "replace_because_cannot_update",
          change: change(["create", "delete"], {
            replace_paths: [
              ["env", "TOKEN=secret"],
              ["set", "hush", 1],
            ],
            before_sensitive: { env: true },
          }),
        },
      ],
    };
    const reduced = reducePlan(document, createMask(["hush"]));
    expect(reduced).toEqual({
      resource_changes: [
        {
          address: "docker_container.dev[0]",
          type: "docker_container",
          change: {
            actions: ["delete", "create"],
            replace_paths: [["network", 0, "name"], ["rules"], []],
          },
        },
        { address: "null_resource.a", type: "", change: { actions: ["update"] } },
        {
          address: 'a_b.c["********"]',
          type: "a_b",
          action_reason: "replace_because_cannot_update",
          change: { actions: ["create", "delete"], replace_paths: [["env"], ["set", "********", 1]] },
        },
      ],
    });
    expect(JSON.stringify(reduced)).not.toMatch(/hush|secret/);
  });

  test("of any shape is reduced to a list", () => {
    const reduce = (document: unknown) => reducePlan(document, (text) => text).resource_changes;
    fc.assert(fc.property(fc.jsonValue(), (value) => Array.isArray(reduce(value))));
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        Array.isArray(reduce({ resource_changes: [value, { change: value }] })),
      ),
    );
  });
});

/** As `terraform show -json` prints it. */
const state = (resources: unknown[], belfry?: unknown, children: unknown[] = []) => ({
  format_version: "1.0",
  terraform_version: "1.11.4",
  values: {
    ...(belfry === undefined
      ? {}
      : { outputs: { belfry: { sensitive: false, value: belfry, type: "dynamic" } } }),
    root_module: { resources, child_modules: children },
  },
});
const resource = (type: string, name: string, values = {}, more = {}) => ({
  address: `${type}.${name}`,
  mode: "managed",
  type,
  name,
  values,
  ...more,
});

describe("A state", () => {
  test("with the output belfry gives agents, apps and the AI task", () => {
    const output = {
      agents: [
        { name: "main", apps: [{ slug: "claude", display_name: "Claude", url: "http://x", icon: "/a.svg" }] },
        { name: "gpu" },
      ],
      ai_task: { prompt: "Fix it", sidebar_app_slug: "claude" },
    };
    const agents = [
      { name: "main", apps: [{ slug: "claude", display_name: "Claude", url: "http://x" }] },
      { name: "gpu", apps: [] },
    ];
    expect(readState(state([resource("terraform_data", "dev")], output), [])).toEqual({
      resources: [{ type: "terraform_data", name: "dev", agents }],
      ai_task: { prompt: "Fix it", sidebar_app_slug: "claude" },
    });
    const two = [resource("a", "one"), { ...resource("b", "two"), mode: "data" }, resource("c", "three")];
    expect(readState(state(two, output), []).resources).toEqual([
      { type: "a", name: "one", agents: [] },
      { type: "c", name: "three", agents: [] },
      { type: "belfry", name: "workspace", agents },
    ]);
    expect(readState({ format_version: "1.0" }, [])).toEqual({ resources: [] });
  });

  test("of a template for Coder gives agents with their hosts and apps, and the AI task in both forms", () => {
    const app = { agent_id: "agent-1", id: "app-1", slug: "claude", display_name: "Claude", url: null };
    const resources = (task: object) => [
      resource("coder_agent", "main", { id: "agent-1", token: "secret" }, { address: "coder_agent.main[0]" }),
      resource("coder_app", "claude", app),
      resource("coder_agent", "lonely", { id: "agent-2" }),
      resource("coder_ai_task", "task", task),
    ];
    const child = {
      resources: [resource("docker_container", "dev", {}, { depends_on: ["coder_agent.main"] })],
    };
    const read = (task: object, parameters: { name: string; value: string; sensitive: boolean }[] = []) =>
      readState(state(resources(task), undefined, [child]), parameters);
    const asked = [{ name: "AI Prompt", value: "Fix it", sensitive: false }];
    expect(read({ sidebar_app: [{ id: "app-1" }] }, asked)).toEqual({
      resources: [
        {
          type: "docker_container",
          name: "dev",
          agents: [{ name: "main", apps: [{ slug: "claude", display_name: "Claude" }] }],
        },
        { type: "coder_agent", name: "lonely", agents: [{ name: "lonely", apps: [] }] },
      ],
      ai_task: { prompt: "Fix it", sidebar_app_slug: "claude" },
    });
    expect(read({ app_id: "app-1", prompt: "Own" }, asked).ai_task).toEqual({
      prompt: "Own",
      sidebar_app_slug: "claude",
    });
    expect(read({ app_id: "gone" })).not.toHaveProperty("ai_task");
  });

  test("with invalid output is refused with the path of the field", () => {
    const cases: [unknown, string][] = [
      [{ agents: {} }, "output belfry.agents: must be a list"],
      [{ agents: [{ apps: [] }] }, "output belfry.agents[0].name: must be a non-empty string"],
      [{ agents: [{ name: "a", apps: [{ slug: "" }] }] }, "output belfry.agents[0].apps[0].slug: must be"],
      [
        { agents: [{ name: "a", apps: [{ slug: "s" }, { slug: "s" }] }] },
        'output belfry.agents[0].apps: duplicate slug "s"',
      ],
      [{ agents: [{ name: "a" }, { name: "a" }] }, 'agents: duplicate name "a"'],
      [{ ai_task: { prompt: "x" } }, "output belfry.ai_task.sidebar_app_slug: must be"],
    ];
    for (const [output, words] of cases) expect(() => readState(state([], output), [])).toThrow(words);
  });

  test("of any shape is read or refused with a ShapeError", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          readState({ values: { root_module: value, outputs: { belfry: { value } } } }, []);
          readCompletion(value);
        } catch (error) {
          expect(error).toBeInstanceOf(ShapeError);
        }
      }),
    );
  });
});

test("A script's result is read field by field; agent names must be unique across resources", () => {
  const agent = { name: "main", apps: [] };
  expect(
    readCompletion({ resources: [{ type: "a", name: "b", agents: [agent], more: 1 }], ai_task: null }),
  ).toEqual({ resources: [{ type: "a", name: "b", agents: [agent] }] });
  expect(() => readCompletion({ resources: [{ name: "b" }] })).toThrow("resources[0].type: must be");
  expect(() =>
    withTask(
      [1, 2].map((at) => ({ type: "a", name: `b${at}`, agents: [agent] })),
      undefined,
    ),
  ).toThrow('agents: duplicate name "main"');
});

describe("Secrets", () => {
  test("are masked as a whole, by line, as JSON and in URLs, the longest first", () => {
    const mask = createMask([
      "p@ss word",
      "p@ss word and more",
      "first line\nsecond line",
      'say "hush"',
      "abc",
      "",
    ]);
    expect(mask("x p@ss word and more y p@ss word")).toBe("x ******** y ********");
    expect(mask("second line, then first line")).toBe("********, then ********");
    expect(mask('{"a":"say \\"hush\\""} ?q=p%40ss%20word')).toBe('{"a":"********"} ?q=********');
    expect(mask("abc")).toBe("abc");
    expect(() => createMask(["lone \uD800 half"])("x")).not.toThrow();
  });

  test("are not inherited by programs; a job's variables are set", () => {
    const job = readJob(
      {
        job_id: "j",
        transition: "stop",
        agent_token: "token",
        workspace: { id: "w", name: "dev", owner_name: "ada" },
        parameters: [
          { name: "region", value: "eu" },
          { name: "AI Prompt", value: "x" },
          { name: "belfry_transition", value: "start" },
          { name: "bad", value: "a\0b" },
        ],
      },
      "a",
    )!;
    const inherited = { HOME: "/h", BELFRY_PROVISIONER_KEY: "k", TF_WORKSPACE: "w", TF_VAR_belfry_x: "y" };
    expect(terraformEnvironment(job, inherited)).toEqual({
      HOME: "/h",
      TF_VAR_region: "eu",
      TF_VAR_belfry_transition: "stop",
      TF_VAR_belfry_workspace_id: "w",
      TF_VAR_belfry_workspace_name: "dev",
      TF_VAR_belfry_workspace_owner: "ada",
      TF_VAR_belfry_agent_token: "token",
      TF_VAR_belfry_ai_prompt: "x",
      TF_IN_AUTOMATION: "1",
      TF_INPUT: "0",
      CHECKPOINT_DISABLE: "1",
    });
    expect(scriptEnvironment(inherited, { result: "/r", state: "/s" })).toEqual({
      HOME: "/h",
      BELFRY_RESULT: "/r",
      BELFRY_STATE: "/s",
    });
  });
});

describe("Log lines", () => {
  test("are split at line breaks wherever chunks end", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "\n", "b\n", "cd", "")), (pieces) => {
        const lines: string[] = [];
        let open = "";
        for (const piece of pieces) {
          const split = splitLines(open, piece);
          lines.push(...split.lines);
          open = split.open;
        }
        expect([...lines, open].join("\n")).toBe(pieces.join(""));
      }),
    );
    expect(splitLines("", `${"x".repeat(20_000)}\ny`)).toEqual({ lines: ["x".repeat(16_384)], open: "y" });
  });

  test("are cleaned, cut, and given a level", () => {
    const mask = createMask(["secret"]);
    expect(tidyLine("\u001B[31mred\u001B[0m secret  ", mask)).toBe("red ********");
    expect(tidyLine("10%\r50%\r100%", mask)).toBe("100%");
    expect(tidyLine("windows\r", mask)).toBe("windows");
    expect(tidyLine("x".repeat(5_000), mask)).toHaveLength(4_097);
    const replaced = '  ~ image = "a" -> "b" # forces replacement';
    expect([true, false].map((isClaim) => levelOf(replaced, "out", undefined, isClaim))).toEqual([
      "warn",
      "info",
    ]);
    expect([levelOf("x", "out", undefined, true), levelOf("x", "error", undefined, true)]).toEqual([
      "info",
      "error",
    ]);
    expect(problemIn(["╷", "│ Error: no room", "│   on main.tf", "╵"])).toBe("no room");
    expect(problemIn(["first", "last", ""])).toBe("last");
    expect(problemIn([" "])).toBeUndefined();
  });

  test("of a plan show whether a retry can succeed: not if the template's own variables are missing or invalid", () => {
    const problem = (text: string) => variableProblem(text.split("\n"));
    const header = (name: string, place: string) => `Error: ${name}\n\n  on main.tf line ${place}\n\n`;
    const missing = (name: string) =>
      `${header("No value for required variable", `1:\n   1: variable "${name}" {`)}The root module input\n`;
    expect(problem(`${missing("region")}\n${missing("size")}`)).toEqual({
      code: "REQUIRED_TEMPLATE_VARIABLES",
      problem: 'No value for required variable: "region", "size"',
    });
    const where = '2:\n   2: variable "size" {\n    ├────\n    │ var.size is 10';
    const refused = `${header("Invalid value for variable", where)}Too big for one\nmachine.\n\nThis was checked`;
    const verdict = {
      code: "INVALID_VALUE",
      problem: 'Invalid value for variable "size": Too big for one machine.',
    };
    expect(problem(refused)).toEqual(verdict);
    const framed = ["╷", ...refused.split("\n").map((line) => `│ ${line}`), "╵"];
    expect(variableProblem(framed)).toEqual(verdict);
    // First a provider's failure, then a module's variable, whose value can come from anywhere.
    expect(problem(`Error: no connection\n\n  on main.tf line 9\n\n${refused}`)).toEqual(verdict);
    expect(
      problem(header("Invalid value for variable", '12, in module "m":\n  12:   x = "b"')),
    ).toBeUndefined();
    expect(problem(header("Invalid value for input variable", '1:\n  1: variable "n" {'))).toEqual({
      code: "INVALID_VALUE",
      problem: 'Invalid value for input variable "n": ',
    });
    expect(problem("Error: Invalid value for variable")).toBeUndefined();
    expect(problem("no room")).toBeUndefined();
  });

  test("on standard error have the level of Terraform's frame around them", () => {
    const lines = [
      "╷",
      "│ Warning: old",
      "│ ",
      "│ It will go.",
      "╵",
      "",
      "╷",
      "│ Error: no room",
      "│   main.tf",
      "╵",
      "x",
    ];
    let frame: Frame;
    const levels = lines.map((line) => {
      frame = frameOf(line, frame);
      return levelOf(line, "error", frame, false);
    });
    const warning = ["info", "warn", "warn", "warn", "info"];
    expect(levels).toEqual([...warning, "info", "info", "error", "error", "info", "error"]);
  });

  test("are sent in batches of a hundred, or fewer if they are long", () => {
    const lines = (count: number, size: number) =>
      Array.from({ length: count }, () => ({ output: "x".repeat(size) }) as LogLine);
    expect(batchSize(lines(3, 10))).toBe(3);
    expect(batchSize(lines(250, 10))).toBe(batchLines);
    expect(batchSize(lines(100, 4_000))).toBe(50);
    expect(batchSize(lines(2, 300_000))).toBe(1);
    expect(batchSize([])).toBe(0);
  });
});

describe("Responses of the server", () => {
  test("are classified as again, lost or refused", () => {
    const cases: [number | undefined, string][] = [
      [undefined, "again"],
      [408, "again"],
      [429, "again"],
      [500, "again"],
      [503, "again"],
      [404, "lost"],
      [409, "lost"],
      [410, "lost"],
      [302, "refused"],
      [400, "refused"],
      [401, "refused"],
      [413, "refused"],
    ];
    for (const [status, meaning] of cases) expect(classifyStatus(status)).toBe(meaning);
  });

  test("Retry delays double up to a limit, half of each is random, and the server can ask for more", () => {
    const retry = { firstMs: 500, maxMs: 15_000 };
    expect([0, 1, 2, 10, 500].map((tries) => retryDelayMs(tries, 0, retry))).toEqual([
      250, 500, 1_000, 7_500, 7_500,
    ]);
    expect(retryDelayMs(0, 0.99, retry)).toBeLessThan(500);
    expect(retryDelayMs(0, 0, retry, 3_000)).toBe(3_000);
    expect(retryDelayMs(0, 0, retry, 3_600_000)).toBe(60_000);
    const now = Date.parse("2026-11-21T10:00:00Z");
    expect(readRetryAfter("7", now)).toBe(7_000);
    expect(readRetryAfter("Sat, 21 Nov 2026 10:00:05 GMT", now)).toBe(5_000);
    expect(readRetryAfter("Sat, 21 Nov 2026 09:00:00 GMT", now)).toBe(0);
    expect([readRetryAfter("soon", now), readRetryAfter(null, now)]).toEqual([undefined, undefined]);
  });
});

test("A job is read; anything else is undefined", () => {
  expect(
    readJob({ job_id: "j", transition: "start", parameters: [{ name: "a", sensitive: true }] }, "a"),
  ).toMatchObject({
    id: "j",
    hasState: false,
    fileId: undefined,
    stage: "none",
    parameters: [{ name: "a", value: "", sensitive: true }],
  });
  for (const body of [undefined, "x", {}, { job_id: "j" }, { job_id: "j", transition: "dance" }])
    expect(readJob(body, "a")).toBeUndefined();
});

test("A delete plans a destroy, stages have names, local files are recognized", () => {
  const job = (transition: string) => readJob({ job_id: "j", transition }, "a")!;
  expect(planArguments(job("stop"))).toEqual(["plan", "-input=false", "-no-color", "-out=belfry.plan"]);
  expect(planArguments(job("delete"))).toContain("-destroy");
  expect(["start", "stop", "delete"].map((transition) => applyStage(job(transition)))).toEqual([
    "Starting workspace",
    "Stopping workspace",
    "Deleting workspace",
  ]);
  const names = [".terraform", ".git", "terraform.tfstate", "terraform.tfstate.backup", "errored.tfstate"];
  expect([...names, "main.tf", ".terraform.lock.hcl", "terraform.tfvars"].map(isLocalFile)).toEqual([
    ...names.map(() => true),
    false,
    false,
    false,
  ]);
});

test("An interrupt has a message, and a lost lease overrides every other reason", () => {
  const reasons: InterruptReason[] = ["canceled", "timeout", "killed", "lost"];
  expect(reasons.map((reason) => describeInterrupt(reason, 3_600_000))).toEqual([
    "canceled",
    "The build was stopped because it took longer than 1 h.",
    "The provisioner was stopped before the build was complete.",
    "The lease of this job expired.",
  ]);
  for (const reason of reasons) {
    expect(isStronger(reason, undefined)).toBe(true);
    expect(isStronger("canceled", reason)).toBe(false);
    expect(isStronger("killed", reason)).toBe(reason !== "lost");
    expect(isStronger("lost", reason)).toBe(reason !== "lost");
  }
});

test("Options are read or refused by name", () => {
  const none = {
    name: undefined,
    concurrency: undefined,
    jobTimeout: undefined,
    heartbeat: undefined,
    grace: undefined,
  };
  expect(readSettings(none, "host")).toEqual({
    name: "host",
    concurrency: 1,
    jobTimeoutMs: 3_600_000,
    heartbeatMs: 15_000,
    graceMs: 30_000,
  });
  expect(readSettings({ ...none, heartbeat: "500ms", jobTimeout: "90m" }, "h")).toMatchObject({
    heartbeatMs: 500,
    jobTimeoutMs: 5_400_000,
  });
  const wrong: [Partial<typeof none> | Record<string, string>, string][] = [
    [{ concurrency: "0" }, "use a number from 1 to 100"],
    [{ concurrency: "many" }, "--concurrency"],
    [{ concurrency: "101" }, "--concurrency"],
    [{ jobTimeout: "long" }, "is not a duration"],
    [{ jobTimeout: "1y" }, "--job-timeout"],
    [{ heartbeat: "30s" }, "at most 20s allowed"],
    [{ name: " " }, "--name"],
  ];
  for (const [more, words] of wrong) expect(() => readSettings({ ...none, ...more }, "host")).toThrow(words);
  expect(readKey(" id-secret \n")).toBe("id-secret");
  for (const key of [undefined, "", "nodash", "with space-x"])
    expect(() => readKey(key)).toThrow(OptionError);
});

test("a started job without an AI prompt has an empty one, and its files are known", () => {
  const job = readJob({ job_id: "j", transition: "start", file_id: "f" }, "a")!;
  expect(job.fileId).toBe("f");
  expect(terraformEnvironment(job, {})).toMatchObject({
    TF_VAR_belfry_transition: "start",
    TF_VAR_belfry_ai_prompt: "",
  });
});

test("a Coder app can have a URL and no display name, and a task no prompt", () => {
  const resources = [
    resource("coder_agent", "main", { id: "agent-1" }),
    resource("coder_app", "web", { agent_id: "agent-1", id: "app-1", url: "http://localhost" }),
    resource("coder_ai_task", "task", { app_id: "app-1" }),
  ];
  expect(readState(state(resources), [])).toEqual({
    resources: [
      {
        type: "coder_agent",
        name: "main",
        agents: [{ name: "main", apps: [{ slug: "web", url: "http://localhost" }] }],
      },
    ],
    ai_task: { prompt: "", sidebar_app_slug: "web" },
  });
});

test("a diagnostic that ends early has no variable, and one without a blank line ends with the output", () => {
  expect(variableProblem(["Error: Invalid value for variable", "on main.tf line 1"])).toBeUndefined();
  expect(
    variableProblem([
      "Error: Invalid value for variable",
      "on main.tf line 1:",
      '1: variable "a" {',
      "",
      "Too big.",
    ]),
  ).toEqual({ code: "INVALID_VALUE", problem: 'Invalid value for variable "a": Too big.' });
});
