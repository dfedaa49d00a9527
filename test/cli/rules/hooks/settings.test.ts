// Belfry's hooks in settings files: what was there stays, character for character.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agents, findAgent } from "../../../../src/cli/hooks/rules/agents.ts";
import { changedLines } from "../../../../src/cli/hooks/rules/changed-lines.ts";
import { memberOf, parseJsonText, toValue } from "../../../../src/cli/hooks/rules/json-text.ts";
import { addHooks, removeHooks } from "../../../../src/cli/hooks/rules/settings.ts";

const claude = findAgent("claude-code")!;
const cursor = findAgent("cursor")!;
const command = "belfry agent hook x";

function add(text: string, settings = cursor.settings): string {
  const edit = addHooks(text, settings, command);
  if (!edit.ok) throw new Error(edit.problem);
  return edit.text;
}
function remove(text: string): string {
  const edit = removeHooks(text, command);
  if (!edit.ok) throw new Error(edit.problem);
  return edit.text;
}
const problem = (text: string) => {
  const edit = addHooks(text, claude.settings, command);
  return edit.ok ? undefined : `${edit.line}: ${edit.problem}`;
};

const files = {
  plain: `{
  "model": "opus",
  "hooks": {
    "Stop": [
      {
        "hooks": [{ "type": "command", "command": "say done" }]
      }
    ],
    "stop": [{ "command": "say done" }]
  },
  "env": { "A": "1" }
}
`,
  tabs: '{\n\t"hooks": {\n\t\t"stop": [\n\t\t\t{ "command": "a" }\n\t\t],\n\t\t"Stop": [\n\t\t\t{ "hooks": [] }\n\t\t]\n\t}\n}',
  windows: '{\r\n    "version": 1,\r\n    "other": [\r\n        1\r\n    ]\r\n}\r\n',
  comments: `// mine
{
  /* all of it */
  "hooks": {
    "Stop": [
      { "hooks": [{ "command": "a" }] }, // the first
    ],
    "stop": [
      { "command": "a" } // the last
    ], // behind
  },
}
// end
`,
  oneLine: '{"version":1,"hooks":{"stop":[{"command":"a"}],"Stop":[{"hooks":[{"command":"a"}]}]}}',
  empty: "{}",
  emptyWithComment: "{\n  // nothing yet\n}\n",
};

describe.each(agents.map(({ name }) => name))("%s", (name) => {
  const { settings } = findAgent(name)!;

  test.each(Object.keys(files) as (keyof typeof files)[])("%s: added, added again, removed", (kind) => {
    const added = add(files[kind], settings);
    const hooks = memberOf(parseJsonText(added), "hooks")!;
    for (const { event, matcher } of settings.hooks) {
      const entries = toValue(memberOf(hooks, event)!) as Record<string, unknown>[];
      const handler = settings.handler(command);
      const group = { ...(matcher === undefined ? {} : { matcher }), hooks: [handler] };
      expect(entries.at(-1)).toEqual(settings.isGrouped ? group : handler);
    }
    expect(add(added, settings)).toBe(added);
    expect(remove(added)).toBe(files[kind]);
    expect(remove(files[kind])).toBe(files[kind]);
  });

  test("a file that isn't there", () => {
    const added = add("", settings);
    expect(add(" \n", settings)).toBe(added);
    expect(remove(added)).toBe(settings.empty);
    expect(JSON.parse(added)).toMatchObject(JSON.parse(settings.empty) as object);
  });
});

test("the first hook of a file, as people write it", () => {
  const settings = {
    ...claude.settings,
    hooks: [{ event: "Stop" }, { event: "PreToolUse", matcher: "A|B" }],
  };
  expect(add('{\n  "model": "opus"\n}\n', settings)).toBe(`{
  "model": "opus",
  "hooks": {
    "Stop": [
      {
        "hooks": [
          {
            "type": "command",
            "command": "belfry agent hook x",
            "timeout": 5
          }
        ]
      }
    ],
    "PreToolUse": [
      {
        "matcher": "A|B",
        "hooks": [
          {
            "type": "command",
            "command": "belfry agent hook x",
            "timeout": 5
          }
        ]
      }
    ]
  }
}
`);
});

test("what a person added beside Belfry's hooks stays", () => {
  const added = add("{}\n", { ...claude.settings, hooks: [{ event: "Stop" }] });
  const mine = added.replace('"hooks": [', '"hooks": [\n          { "type": "command", "command": "mine" },');
  expect(JSON.parse(remove(mine))).toEqual({
    hooks: { Stop: [{ hooks: [{ type: "command", command: "mine" }] }] },
  });
  const first = '{"hooks": {"stop": [{"command": "belfry agent hook x"}, /* mine */ {"command": "a"}]}}';
  expect(remove(first)).toBe('{"hooks": {"stop": [ /* mine */ {"command": "a"}]}}');
  const noted = '{"hooks": {"stop": [ /* note */ {"command": "belfry agent hook x"}]}, "a": 1}';
  expect(remove(noted)).toBe('{ "a": 1}');
  const only = '{ /* note */ "hooks": {"stop": [{"command": "belfry agent hook x"}]}}';
  expect(remove(only)).toBe("{ /* note */}");
});

test("only what is in hooks is Belfry's", () => {
  const other = '{"mcp": {"command": "belfry agent hook x"}, "list": [[{"command": "belfry agent hook x"}]]}';
  expect(remove(other)).toBe(other);
});

test.each([
  ["{", "1: a value is missing or invalid"],
  ['{\n  "a": 1\n  "b": 2\n}', '3: a comma or "}" is missing'],
  ['{\n\n  "a" 1\n}', '3: a colon is missing after "a"'],
  ["{ a: 1 }", "1: a is not valid JSON"],
  ["{ 1: 1 }", "1: the name of a member must be in double quotes"],
  ['{ "a": 01 }', "1: 01 is not valid JSON"],
  ['{ "a": [1 2] }', '1: a comma or "]" is missing'],
  ["{}\n\nx", "3: something follows the end of the JSON"],
  ["[]", "1: the file must be an object"],
  ['{\n  "hooks": []\n}', "2: hooks must be an object"],
  ['{\n  "hooks": {\n    "Stop": {}\n  }\n}', "3: hooks.Stop must be a list"],
  ['{ "hooks": { "Stop": "x" } }', "1: hooks.Stop must be a list"],
  [`${"[".repeat(300)}`, "1: it is nested too deeply"],
  ['{ "a": "\n" }', "1: a value is missing or invalid"],
])("%j is left alone", (text, expected) => {
  expect(problem(text)).toBe(expected);
});

test("a bug is not a problem of the file", () => {
  expect(() => addHooks("{}", { ...claude.settings, hooks: undefined as never }, command)).toThrow(TypeError);
});

test("any JSON, in any layout, is read as it is and comes back as it was", () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 });
  const layout = fc.constantFrom<string | number>(2, 4, "\t");
  fc.assert(
    fc.property(json, layout, (value, step) => {
      const text = JSON.stringify(value, null, step);
      expect(JSON.stringify(toValue(parseJsonText(text)))).toBe(JSON.stringify(JSON.parse(text)));
      if ("hooks" in value) return;
      const added = add(text, claude.settings);
      expect(JSON.parse(added)).toMatchObject(JSON.parse(text) as object);
      expect(remove(added)).toBe(text);
    }),
  );
});

describe("the change as lines", () => {
  test("names what goes and what comes, with two lines around", () => {
    const before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
    expect(changedLines(before, before.replace("4", "four").replace("8\n", "8\nnew\n"))).toEqual([
      "  2",
      "  3",
      "- 4",
      "+ four",
      "  5",
      "  6",
      "  7",
      "  8",
      "+ new",
      "  9",
    ]);
    expect(changedLines(before, "1\n3\n4\n5\n6\n7\n8\n10\n")).toEqual([
      "  1",
      "- 2",
      "  3",
      "  4",
      "  …",
      "  7",
      "  8",
      "- 9",
      "+ 10",
    ]);
    expect(changedLines("a\n", "b\na\nc\nd\ne\nf")).toContain("+ b");
    expect(changedLines("x\na\nb\nc\nd\n", "a\nb\nc\nd\n")).toEqual(["- x", "  a", "  b"]);
    expect(changedLines(before, before)).toEqual([]);
  });
});
