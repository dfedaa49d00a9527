// Drift, without a server: what a plan replaces, how its paths are written, the remedy, and the lines that say so.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseBlockAddress, remedyFor } from "../../../src/prebuilds/drift/rules/remedy.ts";
import { logLines, maxListed } from "../../../src/prebuilds/drift/rules/drift-lines.ts";
import {
  formatGoValue,
  validatePlan,
  findReplacements,
  maxNameLength,
  withPaths,
} from "../../../src/prebuilds/drift/rules/terraform-plan.ts";
const replaced = (address: string, paths: unknown, more: object = {}) => ({
  address,
  type: "example_resource",
  change: { actions: ["delete", "create"], replace_paths: paths },
  ...more,
});
const plan = (...changes: unknown[]) => ({ format_version: "1.2", resource_changes: changes });
/** As the API answers it. */
const found = (...changes: unknown[]) =>
  Object.fromEntries(withPaths(findReplacements(plan(...changes))).map((one) => [one.resource, one.paths]));

describe("A plan's replacements", () => {
  test.each([
    ["nothing changes", [], {}],
    ["no change at all", [{ address: "r", type: "t", change: null }], {}],
    ["no-op", [replaced("r", [["a"]], { change: { actions: ["no-op"], replace_paths: [["a"]] } })], {}],
    ["delete and create without paths", [replaced("r", [])], {}],
    ["no list of paths", [replaced("r", null)], {}],
    ["Coder's own resource", [replaced("r", [["a"]], { type: "coder_agent" })], {}],
    ["one that only begins alike", [replaced("r", [["a"]], { type: "coderd_x" })], { r: ["a"] }],
    ["by the type, not by the address", [replaced("coder_x.r", [["a"]])], { "coder_x.r": ["a"] }],
    ["a type in capitals", [replaced("r", [["a"]], { type: "Coder_x" })], { r: ["a"] }],
    ["no type", [replaced("r", [["a"]], { type: undefined })], { r: ["a"] }],
    ["two paths, in order", [replaced("r", [["path2"], ["path1"]])], { r: ["path2", "path1"] }],
    ["twice the same path", [replaced("r", [["a"], ["a"]])], { r: ["a", "a"] }],
    ["steps", [replaced("r", [["path", "to", "key"]])], { r: ["path.to.key"] }],
    ["a number", [replaced("r", [["root_block_device", 0, "size"]])], { r: ["root_block_device.0.size"] }],
    [
      "create before destroy",
      [replaced("r", [["a"]], { change: { actions: ["create", "delete"], replace_paths: [["a"]] } })],
      { r: ["a"] },
    ],
    [
      "an update with paths",
      [replaced("r", [["a"]], { change: { actions: ["update"], replace_paths: [["a"]] } })],
      { r: ["a"] },
    ],
    ["no path, but a word", [replaced("r", ["a", 1, null])], { r: ["a", "1", "<nil>"] }],
    ["an empty path", [replaced("r", [[]])], { r: [""] }],
    [
      "null, lists, objects",
      [replaced("r", [["a", null, ["b", ["c", 1]], { z: 1, b: true }]])],
      { r: ["a.<nil>.[b [c 1]].map[b:true z:1]"] },
    ],
    [
      "large and small numbers",
      [replaced("r", [["a", 1e6, 0.00001, 100_000, 1.5e21]])],
      { r: ["a.1e+06.1e-05.100000.1.5e+21"] },
    ],
    [
      "several",
      [
        replaced("b", [["x"]]),
        replaced("a", [["y"], ["z"]]),
        replaced("c", [["x"]], { type: "coder_example" }),
      ],
      { a: ["y", "z"], b: ["x"] },
    ],
    ["the same address twice", [replaced("r", [["x"]]), replaced("r", [["y"]])], { r: ["x", "y"] }],
    [
      "quotes, dots and unicode",
      [replaced('module.m["a.b"].x_y.z["ü\\"]"]', [["a"]])],
      { 'module.m["a.b"].x_y.z["ü\\"]"]': ["a"] },
    ],
  ])("%s", (_name, changes, expected) => {
    expect(found(...changes)).toEqual(expected);
  });

  test("come by address, whatever the plan's order", () => {
    const names = withPaths(findReplacements(plan(...["c", "a", "b"].map((one) => replaced(one, [["x"]])))));
    expect(names.map(({ resource }) => resource)).toEqual(["a", "b", "c"]);
  });

  test("without a path are known, with Terraform's reason, but not counted", () => {
    const tainted = { action_reason: "replace_because_tainted" };
    expect(
      findReplacements(plan(replaced("r", [], tainted), replaced("coder_x", [], { type: "coder_x" }))),
    ).toEqual([{ resource: "r", paths: [], reason: "replace_because_tainted" }]);
    const deleted = { change: { actions: ["delete"], replace_paths: [] } };
    expect(findReplacements(plan(replaced("r", [], deleted)))).toEqual([]);
  });

  test("end where a path becomes sensitive: what is in a set is named by its value", () => {
    const change = {
      actions: ["delete", "create"],
      replace_paths: [
        ["env", "TOKEN=hush"],
        ["tags", "a", "b"],
      ],
    };
    const sensitive = { ...change, before_sensitive: { env: true }, after_sensitive: { tags: { a: true } } };
    expect(found(replaced("r", [], { change: sensitive }))).toEqual({ r: ["env", "tags.a"] });
    expect(found(replaced("r", [], { change: { ...change, after_sensitive: true } }))).toEqual({
      r: ["env", "tags"],
    });
  });

  test("of ten thousand resources take little memory and time", () => {
    const document = plan(
      ...Array.from({ length: 10_000 }, (_, at) => replaced(`x_y.z[${at}]`, [["a", at]])),
    );
    const before = process.memoryUsage().heapUsed;
    const all = findReplacements(document);
    expect(all).toHaveLength(10_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(32 * 1_048_576);
    const lines = logLines(all, true).map(({ output }) => output);
    expect(lines).toContain(`- and ${(10_000 - maxListed).toLocaleString("en-US")} more`);
    expect(lines.length).toBeLessThan(80);
  });
});

test("Go's %v: what Go itself printed for these", () => {
  const printed: [unknown, string][] = [
    [null, "<nil>"],
    [true, "true"],
    [1, "1"],
    [100_000, "100000"],
    [999_999, "999999"],
    [1e6, "1e+06"],
    [123_456_789, "1.23456789e+08"],
    [1e21, "1e+21"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [1.5e-7, "1.5e-07"],
    [-0, "-0"],
    [0, "0"],
    [-12.5, "-12.5"],
    [1_234_567.89, "1.23456789e+06"],
    [5e-324, "5e-324"],
    [Number.MAX_VALUE, "1.7976931348623157e+308"],
    [[1, null, ["a", "b c"]], "[1 <nil> [a b c]]"],
    [{ b: 1, a: [null], Z: { x: 1e9 } }, "map[Z:map[x:1e+09] a:[<nil>] b:1]"],
    [[], "[]"],
    [{}, "map[]"],
    ["", ""],
  ];
  expect(printed.map(([value]) => formatGoValue(value))).toEqual(printed.map(([, text]) => text));
});

describe("The remedy", () => {
  const remedy = (resource: string, paths: string[], reason = "") => remedyFor([{ resource, paths, reason }]);

  test("is one block for all instances, with the attributes that the paths begin with", () => {
    const { snippet, notes } = remedyFor([
      { resource: "docker_container.dev[0]", paths: ["image", "env", "env"], reason: "" },
      { resource: 'docker_container.dev["b"]', paths: ["name"], reason: "" },
      { resource: 'module.net["a\\"b.c"].module.in.docker_volume.home', paths: ["name"], reason: "" },
    ]);
    expect(snippet).toBe(`resource "docker_container" "dev" {
  # existing arguments
  lifecycle {
    ignore_changes = [env, image, name]
  }
}

# in module net.in
resource "docker_volume" "home" {
  # existing arguments
  lifecycle {
    ignore_changes = [name]
  }
}`);
    expect(notes).toEqual([expect.stringContaining("from outside a module")]);
  });

  test("is one attribute a line where they are many, and not endless", () => {
    const many = Array.from({ length: 60 }, (_, at) => `attribute_${String(at).padStart(2, "0")}`);
    const lines = remedy("a_b.c", many).snippet.split("\n");
    expect(lines[3]).toBe("    ignore_changes = [");
    expect(lines[4]).toBe("      attribute_00,");
    expect(lines).toHaveLength(58);
    expect(lines[54]).toMatch(/^ {6}# and \d+ more$/);
    const blocks = Array.from({ length: 60 }, (_, at) => ({
      resource: `a_b.c${at}`,
      paths: ["x"],
      reason: "",
    }));
    const { snippet, notes } = remedyFor(blocks);
    expect(snippet.split("\n\n")).toHaveLength(50);
    expect(notes).toEqual(["10 more blocks of the template need the same change."]);
  });

  test("says where it can't help", () => {
    expect(remedy("aws_instance.dev", ["root_block_device.0.volume_size"])).toEqual({
      snippet: expect.stringContaining("ignore_changes = [root_block_device]"),
      notes: [
        expect.stringMatching(
          /other parts of it must change, remove the difference instead \(root_block_device\.0\.volume_size\)/,
        ),
      ],
    });
    expect(remedy("a_b.c", []).notes).toEqual([expect.stringContaining("gives no reason")]);
    expect(remedy("a_b.c", [], "replace_because_tainted").notes[0]).toContain("tainted");
    expect(remedy("a_b.c", [], "replace_by_request").notes[0]).toContain("was requested");
    expect(remedy("a_b.c", [], "replace_by_triggers").notes[0]).toContain("replace_triggered_by");
    expect(remedy("a_b.c", ["", "x"])).toEqual({
      snippet: expect.stringContaining("[x]"),
      notes: [expect.stringContaining("is not an attribute")],
    });
    expect(remedy("data.a.b", ["x"])).toEqual({
      snippet: "",
      notes: [expect.stringContaining("not a Terraform resource address")],
    });
    const strange = Array.from({ length: 30 }, (_, at) => ({ resource: `?${at}`, paths: ["x"], reason: "" }));
    const { notes } = remedyFor(strange);
    expect(notes).toHaveLength(10);
    expect(notes.at(-1)).toBe("21 more resources need attention.");
  });

  test("whatever the plan says, only names get into it", () => {
    const name = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        'x" {}\nresource "y',
        "a_b.c\n}",
        "__proto__",
        "constructor",
        "a`b",
        "${x}",
        "%{x}",
        "*/",
        "<b>",
      ),
      fc.stringMatching(/^[a-z_]{1,8}\.[a-z]{1,8}(\["[^"\\]{0,8}"\])?$/),
    );
    const known =
      /^(# in module [\p{ID_Continue}.-]+|resource "[\p{ID_Continue}-]+" "[\p{ID_Continue}-]+" \{| {2}# existing arguments| {2}lifecycle \{| {4}ignore_changes = \[([\p{ID_Continue}-]+(, )?)*\]?| {6}[\p{ID_Continue}-]+,| {4}\]| {2}\}|\}|)$/u;
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.array(name, { maxLength: 4 })), { maxLength: 6 }), (changes) => {
        const all = findReplacements(plan(...changes.map(([address, paths]) => replaced(address, paths))));
        for (const line of remedyFor(all).snippet.split("\n")) expect(line).toMatch(known);
        for (const { output } of logLines(all, true))
          expect(output).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E]/u);
      }),
      { numRuns: 100 },
    );
  });
});

describe("An address", () => {
  test.each([
    ["a_b.c", { modules: [], type: "a_b", name: "c" }],
    ["a_b.c-d[12]", { modules: [], type: "a_b", name: "c-d" }],
    ['a_b.c["x\\"].y[0]"]', { modules: [], type: "a_b", name: "c" }],
    ['module.a.module.b["x.y"].t.n[0]', { modules: ["a", "b"], type: "t", name: "n" }],
    ["ä_b.日本", { modules: [], type: "ä_b", name: "日本" }],
    ["data.a_b.c", undefined],
    ["module.a", undefined],
    ["module.a.b", undefined],
    ["a_b", undefined],
    ["a_b.c.d", undefined],
    ["a_b.c[x]", undefined],
    ["1a.b", undefined],
    ["", undefined],
  ])("%s", (address, expected) => {
    expect(parseBlockAddress(address)).toEqual(expected);
  });
});

describe("A document", () => {
  test.each([
    [[], "body"],
    [null, "body"],
    ["x", "body"],
    [{}, "resource_changes"],
    [{ format_version: "1.0" }, "resource_changes"],
    [{ format_version: "1.0", values: {} }, "resource_changes"],
    [{ format_version: "2.0", resource_changes: [] }, "format_version"],
    [{ format_version: 1, resource_changes: [] }, "format_version"],
    [{ resource_changes: {} }, "resource_changes"],
    [plan(1), "resource_changes.0"],
    [plan({ address: 1 }), "resource_changes.0.address"],
    [plan(replaced("r", []), { address: "" }), "resource_changes.1.address"],
    [plan({ address: "r", type: 1 }), "resource_changes.0.type"],
    [plan({ address: "r", change: [] }), "resource_changes.0.change"],
    [plan({ address: "r", change: { actions: "no-op" } }), "resource_changes.0.change.actions"],
    [plan(replaced("r", "x")), "resource_changes.0.change.replace_paths"],
  ])("%j is reported by its place: %s", (document, field) => {
    expect(validatePlan(document)).toEqual({ field, detail: expect.stringMatching(/./) });
  });

  test("that is a plan is one, also where nothing changes and in older formats", () => {
    expect(validatePlan(plan(replaced("r", [["a"]]), { address: "r", change: null }))).toBeUndefined();
    expect(validatePlan({ resource_changes: [] })).toBeUndefined();
    expect(
      validatePlan({ format_version: "0.2", planned_values: {}, resource_changes: null }),
    ).toBeUndefined();
    expect(validatePlan({ format_version: "1.2", planned_values: { root_module: {} } })).toBeUndefined();
  });

  test("of any shape harms nothing, and names stay short", () => {
    const deep = (levels: number): unknown => (levels === 0 ? "x" : [deep(levels - 1)]);
    const change = fc.record(
      {
        address: fc.jsonValue(),
        type: fc.jsonValue(),
        change: fc.record({ actions: fc.jsonValue(), replace_paths: fc.jsonValue() }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.record({ resource_changes: fc.array(fc.oneof(change, fc.jsonValue())) })),
        (document) => {
          validatePlan(document);
          logLines(findReplacements(document), true);
        },
      ),
    );
    const [one] = findReplacements(
      plan(replaced("x".repeat(1_000_000), [["y".repeat(1_000_000)], deep(500), [deep(500)]])),
    );
    expect([one!.resource, ...one!.paths].every((name) => name.length <= maxNameLength)).toBe(true);
    const hostile = JSON.parse(
      '{"resource_changes":[{"__proto__":{"address":"x"},"address":"__proto__","type":"t","change":{"actions":["create","delete"],"replace_paths":[["constructor"],["__proto__","toString"]],"after_sensitive":{"__proto__":{"a":true}}}}]}',
    ) as unknown;
    expect(findReplacements(hostile)).toEqual([
      { resource: "__proto__", paths: ["constructor", "__proto__.toString"], reason: "" },
    ]);
  });
});

test("A log's lines are compact and sorted, with the remedy on a claim", () => {
  const all = findReplacements(plan(replaced("a_b.d", [["z"], ["c", 0], ["z"]]), replaced("a_b.c", [])));
  expect(logLines(all, false)).toEqual([
    {
      level: "info",
      output: "2 resources will be destroyed and recreated, because these attributes change:",
    },
    { level: "info", output: "- a_b.c: no attribute in the plan" },
    { level: "info", output: "- a_b.d: c.0, z" },
  ]);
  const claimed = logLines(all, true);
  expect(claimed.map(({ level }) => level).join(" ")).toMatch(/^warn warn warn( info)+$/);
  const lines = claimed.map(({ output }) => output);
  expect(lines[0]).toBe(
    "Claiming this prebuilt workspace destroys and recreates 2 resources, because these attributes change:",
  );
  expect(lines).toContain("    ignore_changes = [c, z]");
  expect(logLines([], true)).toEqual([]);
  const many = { resource: "r", paths: Array.from({ length: 25 }, (_, at) => `p${at}`), reason: "" };
  expect(logLines([many], false)[1]!.output).toMatch(/ and 5 more$/);
});
