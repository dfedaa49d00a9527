// What is decided about templates, versions, presets and their files, as values in and values out.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Cron } from "croner";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maxBodyBytes } from "../../../src/http/bodies.ts";
import { validateTar, writeTar, type TarFile } from "../../../src/kernel/rules/tar.ts";
import { type PresetSchedule } from "../../../src/workspaces/autostart/rules/cron-schedule.ts";
import {
  checkVersion,
  versionWarnings,
  type PresetInput,
  type VersionInput,
} from "../../../src/workspaces/templates/rules/version-check.ts";
import { temporaryFolder } from "../../support/program.ts";
import { noRules } from "../../../src/workspaces/templates/rules/parameter-values.ts";
import {
  isActiveAt,
  isTimeZone,
  overlap,
  parseSchedule,
} from "../../../src/workspaces/autostart/rules/cron-schedule.ts";
import {
  generateVersionName,
  problemWithParameterName,
  problemWithTemplateName,
  problemWithVersionName,
} from "../../../src/workspaces/templates/rules/names.ts";
import { problemWithKeyName } from "../../../src/workspaces/jobs/rules/provisioner-key.ts";

function schedule(cron: string): PresetSchedule {
  const verdict = parseSchedule(cron);
  if (!verdict.ok) throw new Error(`${cron}: ${verdict.problem}`);
  return verdict.schedule;
}

describe("a schedule of a pool", () => {
  test.each([
    ["0 9 * * *", "must begin with *"],
    ["*/5 9 * * *", "must begin with *"],
    ["* 9 * *", "five fields"],
    ["* * * * * *", "five fields"],
    ["", "five fields"],
    ["* 24 * * *", 'invalid hour "24"'],
    ["* 9-5 * * *", 'invalid hour "9-5"'],
    ["* 5/2 * * *", 'invalid hour "5/2"'],
    ["* */0 * * *", 'invalid hour "*/0"'],
    ["* 9, * * *", 'invalid hour "9,"'],
    ["* * 0 * *", 'invalid day of the month "0"'],
    ["* * L * *", 'invalid day of the month "L"'],
    ["* * ? * *", 'invalid day of the month "?"'],
    ["* * * 13 *", 'invalid month "13"'],
    ["* * * * 8", 'invalid day of the week "8"'],
    ["* * * * MON#1", 'invalid day of the week "MON#1"'],
    ["* * * * DAY", 'invalid day of the week "DAY"'],
    ["* 9 30 2 *", "never occurs"],
    ["@daily", "five fields"],
  ])("%s is refused: %s", (cron, words) => {
    expect(parseSchedule(cron)).toMatchObject({ ok: false, problem: expect.stringContaining(words) });
  });

  test.each([
    ["* 9-18 * * 1-5", "* 19-23 * * 1-5", false],
    ["* 9-18 * * 1-5", "* 18 * * 5", true],
    ["* 9-18 * * 1-5", "* 9-18 * * 6,0", false],
    ["* * * * 0", "* * * * 7", true],
    ["* * * * SUN", "* 3 * * sun", true],
    ["* * * 1-6 *", "* * * 7-12 *", false],
    ["* * * JAN *", "* * * jan-feb *", true],
    ["* * 1 * *", "* * 2 * *", false],
    ["* * 1 * *", "* * * * 1", true],
    // Both the day and the weekday given: either is enough, so Mondays are among them.
    ["* * 1 * 1", "* * 2 * 1", true],
    ["* * 1 1 *", "* * 1 2 *", false],
    ["* */2 * * *", "* 1-23/2 * * *", false],
    ["* */2 * * *", "* */3 * * *", true],
    ["* * 29 2 *", "* * * 2 3", true],
    ["* * * * *", "* * * * *", true],
  ])("%s and %s can hold at the same minute: %s", (a, b, expected) => {
    expect(overlap(schedule(a), schedule(b))).toBe(expected);
    expect(overlap(schedule(b), schedule(a))).toBe(expected);
  });

  test("two overlap if, and only if, there is an hour at which both hold; each holds when croner says so", () => {
    const item = (least: number, most: number) => {
      const number = fc.integer({ min: least, max: most });
      const range = fc
        .tuple(number, number)
        .map(([a, b]) => (a === b ? `${a}` : `${Math.min(a, b)}-${Math.max(a, b)}`));
      const step = fc.integer({ min: 1, max: most });
      return fc.oneof(
        range,
        fc.tuple(fc.constantFrom("*", `${least}-${most}`), step).map(([from, width]) => `${from}/${width}`),
      );
    };
    const range = (least: number, most: number) =>
      fc.oneof(
        fc.constant("*"),
        fc.array(item(least, most), { minLength: 1, maxLength: 3 }).map((items) => items.join(",")),
      );
    const cron = fc
      .tuple(range(0, 23), range(1, 28), range(1, 12), range(0, 6))
      .map((parts) => ["*", ...parts].join(" "));
    const hour = fc
      .integer({ min: 0, max: 4 * 366 * 24 })
      .map((hours) => Date.UTC(2024, 0, 1) + hours * 3_600_000);
    fc.assert(
      fc.property(cron, cron, hour, (one, other, at) => {
        const date = new Date(at);
        const local = {
          hour: date.getUTCHours(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
          weekday: date.getUTCDay(),
        };
        for (const expression of [one, other])
          expect(isActiveAt(schedule(expression), local)).toBe(
            new Cron(expression, { timezone: "UTC" }).match(date),
          );
        const both = isActiveAt(schedule(one), local) && isActiveAt(schedule(other), local);
        if (both) expect(overlap(schedule(one), schedule(other))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("is in a time zone that has a name", () => {
    for (const name of ["UTC", "Europe/Berlin", "america/new_york", "Etc/GMT+3"])
      expect(isTimeZone(name)).toBe(true);
    for (const name of ["", "Europe/Nowhere", "+02:00", "Berlin", "Local", " UTC"])
      expect(isTimeZone(name)).toBe(false);
  });
});

describe("a version is checked", () => {
  const preset = (more: Partial<PresetInput> = {}): PresetInput => ({
    name: "Berlin",
    isDefault: false,
    parameters: [],
    prebuilds: null,
    ...more,
  });
  const pool = (more: Partial<NonNullable<PresetInput["prebuilds"]>> = {}) => ({
    instances: 1,
    ttlSeconds: null,
    scheduling: null,
    ...more,
  });
  const any = noRules;
  const parameter = (name: string, required = false, defaultValue: string | null = null) => ({
    name,
    required,
    defaultValue,
    rules: any,
  });
  const schedules = (timezone: string, ...crons: string[]) => ({
    scheduling: { timezone, schedule: crons.map((cron) => ({ cron, instances: 1 })) },
  });
  const at = "presets.0.prebuilds";

  test.each<[string, Partial<VersionInput>, string[]]>([
    ["nothing at all", {}, []],
    ["a pool that is empty for now", { presets: [preset({ prebuilds: pool({ instances: 0 }) })] }, []],
    ["two presets", { presets: [preset(), preset({ name: "Paris", isDefault: true })] }, []],
    ["a name twice", { presets: [preset(), preset({ name: "berlin" })] }, ["presets.1.name"]],
    ["no name", { presets: [preset({ name: " " })] }, ["presets.0.name"]],
    ["a name of two lines", { presets: [preset({ name: "a\nb" })] }, ["presets.0.name"]],
    [
      "three defaults",
      { presets: ["a", "b", "c"].map((name) => preset({ name, isDefault: true })) },
      ["presets.1.default", "presets.2.default"],
    ],
    ["a parameter twice", { parameters: [parameter("a"), parameter("A")] }, ["parameters.1.name"]],
    ["a parameter that no variable can be", { parameters: [parameter("1a")] }, ["parameters.0.name"]],
    [
      "a value for no parameter",
      { presets: [preset({ parameters: [{ name: "region", value: "eu" }] })] },
      ["presets.0.parameters.0.name"],
    ],
    [
      "a value twice",
      {
        parameters: [parameter("a")],
        presets: [preset({ parameters: ["1", "2"].map((value) => ({ name: "a", value })) })],
      },
      ["presets.0.parameters.1.name"],
    ],
    [
      "a pool without a value that is required: a warning",
      { parameters: [parameter("a", true)], presets: [preset({ prebuilds: pool() })] },
      [],
    ],
    [
      "a pool with a value that is not allowed: a warning",
      {
        parameters: [{ ...parameter("cpu"), rules: { ...any, max: 8 } }],
        presets: [preset({ parameters: [{ name: "cpu", value: "9" }], prebuilds: pool() })],
      },
      [],
    ],
    [
      "no pool, and a value that is not allowed",
      {
        parameters: [{ ...parameter("cpu"), rules: { ...any, max: 8 } }],
        presets: [preset({ parameters: [{ name: "cpu", value: "9" }] })],
      },
      ["presets.0.parameters.0.value"],
    ],
    [
      "a default that is not allowed",
      { parameters: [{ ...parameter("cpu", false, "x"), rules: { ...any, min: 1 } }] },
      ["parameters.0.default_value"],
    ],
    [
      "a minimum above the maximum",
      { parameters: [{ ...parameter("cpu"), rules: { ...any, min: 2, max: 1 } }] },
      ["parameters.0"],
    ],
    ["no pool, so a person fills it in", { parameters: [parameter("a", true)], presets: [preset()] }, []],
    [
      "a default for what is required",
      { parameters: [parameter("a", true, "")], presets: [preset({ prebuilds: pool() })] },
      [],
    ],
    [
      "a value for what is required",
      {
        parameters: [parameter("a", true)],
        presets: [preset({ parameters: [{ name: "a", value: "" }], prebuilds: pool() })],
      },
      [],
    ],
    [
      "negative instances",
      { presets: [preset({ prebuilds: pool({ instances: -1 }) })] },
      [`${at}.instances`],
    ],
    ["half an instance", { presets: [preset({ prebuilds: pool({ instances: 0.5 }) })] }, [`${at}.instances`]],
    [
      "a negative time to live",
      { presets: [preset({ prebuilds: pool({ ttlSeconds: -1 }) })] },
      [`${at}.expiration_policy.ttl`],
    ],
    [
      "an unknown time zone",
      { presets: [preset({ prebuilds: pool(schedules("Mars/Base", "* 9 * * *")) })] },
      [`${at}.scheduling.timezone`],
    ],
    [
      "schedules: a bad one, then one that overlaps with the first",
      { presets: [preset({ prebuilds: pool(schedules("UTC", "* 9 * * *", "9 9 * * *", "* 8-9 * * 1")) })] },
      [`${at}.scheduling.schedule.1.cron`, `${at}.scheduling.schedule.2.cron`],
    ],
    [
      "a schedule of a negative number",
      {
        presets: [
          preset({
            prebuilds: pool({
              scheduling: { timezone: "UTC", schedule: [{ cron: "* 9 * * *", instances: -1 }] },
            }),
          }),
        ],
      },
      [`${at}.scheduling.schedule.0.instances`],
    ],
  ])("%s", (_name, version, fields) => {
    const problems = checkVersion({ parameters: [], presets: [], ...version });
    expect(problems.map(({ field }) => field)).toEqual(fields);
    for (const { detail } of problems) expect(detail).not.toBe("");
  });

  test("A preset whose prebuilds can't be created is accepted with a warning for each reason", () => {
    const parameters = [
      parameter("region", true),
      parameter("zone", true, "a"),
      { ...parameter("cpu"), rules: { ...any, max: 8 } },
    ];
    const cpu = { name: "cpu", value: "9" };
    const presets = [
      preset({ name: "no pool", parameters: [cpu] }),
      preset({ name: "large", parameters: [cpu], prebuilds: pool() }),
      preset({ name: "good", parameters: [{ name: "region", value: "eu" }], prebuilds: pool() }),
      preset({ name: "unknown", parameters: [{ name: "other", value: "x" }], prebuilds: pool() }),
    ];
    expect(versionWarnings({ parameters, presets })).toEqual([
      'Prebuilds can\'t be created for preset "large": "region" is required and has no value.',
      'Prebuilds can\'t be created for preset "large": "cpu" must be at most 8.',
      'Prebuilds can\'t be created for preset "unknown": "region" is required and has no value.',
    ]);
  });
});

describe("names", () => {
  test.each<[(name: string) => string | undefined, string[], string[]]>([
    [
      problemWithTemplateName,
      ["docker", "A-1", "a".repeat(32)],
      ["", "-a", "a--b", "a_b", "a b", "a".repeat(33)],
    ],
    [
      problemWithVersionName,
      ["v1", "1.2.3", "a_b-c", "a".repeat(64)],
      ["", ".a", "a..b", "a/b", "a".repeat(65)],
    ],
    [problemWithKeyName, ["rack-1"], ["rack 1", ""]],
    [problemWithParameterName, ["region", "_a-1", "AI Prompt"], ["1a", "", "a b", "a".repeat(65)]],
  ])("%#: some are good, some are not", (problemWith, good, bad) => {
    for (const name of good) expect([name, problemWith(name)]).toEqual([name, undefined]);
    for (const name of bad) expect([name, problemWith(name)]).toEqual([name, expect.any(String)]);
  });

  test("that are made up are good ones, and differ", () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(chance, chance, chance), (chances) => {
        expect(generateVersionName(chances)).toMatch(/^[a-z]+_[a-z]+\d{2,3}$/);
        expect(problemWithVersionName(generateVersionName(chances))).toBeUndefined();
      }),
    );
    expect(generateVersionName([0, 0, 0])).toBe("brave_badger10");
    expect(generateVersionName([0.999, 0.999, 0.9999])).toBe("wise_stork999");
  });
});

test.each([
  ["POST", "/api/v2/files", 10_485_760],
  ["PUT", "/api/v2/files", 1_048_576],
  ["POST", "/api/v2/files/x", 1_048_576],
  ["PUT", "/api/v2/provisionerjobs/x/state", 8_388_608],
  ["POST", "/api/v2/provisionerjobs/x/plan", 5],
  ["POST", "/api/v2/users", 1_048_576],
])("The body of %s %s may have %d bytes", (method, path, bytes) => {
  expect(maxBodyBytes(method, path, 5)).toBe(bytes);
});

describe("a tar", () => {
  const run = promisify(execFile);
  const file = (path: string, text = "", executable = false): TarFile => ({
    path,
    content: Buffer.from(text),
    executable,
  });

  test("is what tar itself reads: long paths, every length, what may run", async () => {
    const folder = await temporaryFolder();
    const long = `${"a".repeat(90)}/${"b".repeat(60)}/${"c".repeat(95)}.tf`;
    const files = [
      file("main.tf", 'resource "terraform_data" "x" {}\n'),
      file("empty.tf"),
      file("block.txt", "x".repeat(512)),
      file("dir/ünïcode ✓.txt", "y".repeat(513)),
      file("run.sh", "#!/bin/sh\n", true),
      file(long, "deep"),
    ];
    const tar = writeTar(files);
    expect(validateTar(tar)).toBeUndefined();
    await writeFile(join(folder, "all.tar"), tar);
    await run("tar", ["-cf", "real.tar", "all.tar"], { cwd: folder });
    expect(validateTar(await readFile(join(folder, "real.tar")))).toBeUndefined();
    const listed = await run("tar", ["--quoting-style=literal", "-tf", "all.tar"], { cwd: folder });
    expect(listed.stdout.trim().split("\n")).toEqual(files.map(({ path }) => path).toSorted());
    for (const { path, content } of files) {
      const { stdout } = await run("tar", ["-xOf", "all.tar", path], { cwd: folder });
      expect([path, stdout]).toEqual([path, content.toString()]);
    }
    const { stdout } = await run("tar", ["-tvf", "all.tar"], { cwd: folder });
    expect(stdout).toMatch(/^-rwxr-xr-x .* run\.sh$/m);
    expect(stdout).toMatch(/^-rw-r--r-- .* main\.tf$/m);
  });

  test("is the same for the same files in any order, and refuses a path that has no room", () => {
    const files = [file("b", "2"), file("a", "1")];
    expect(writeTar(files)).toEqual(writeTar(files.toReversed()));
    for (const path of ["x".repeat(101), `${"x".repeat(160)}/y`, `${"é".repeat(60)}`])
      expect(() => writeTar([file(path)])).toThrow(`${path}: the path is too long`);
  });

  test("that is empty is a valid archive", () => {
    expect(validateTar(writeTar([]))).toBe("has no files");
    const tar = writeTar([file("a", "1")]);
    tar[0]! += 1;
    expect(validateTar(tar)).toBe("is not a tar archive");
  });
});
