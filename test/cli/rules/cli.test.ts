// Rules of the command line: parsing, times, texts, and the report of `belfry run`.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commands } from "../../../src/cli/commands.ts";
import {
  defineCommand,
  isGroup,
  outputOption,
  type Group,
  type Node,
} from "../../../src/cli/rules/command.ts";
import { readCommandLine } from "../../../src/cli/rules/command-line.ts";
import { formatAge, formatDuration } from "../../../src/cli/rules/time.ts";
import { helpPage } from "../../../src/cli/rules/help.ts";
import { inboxLines, type ShownNotification } from "../../../src/cli/rules/inbox-lines.ts";
import { isIdEnd } from "../../../src/cli/rules/names.ts";
import { nearest } from "../../../src/kernel/rules/nearest.ts";
import { editDistance, byteLength, cutStartToBytes, cutToBytes } from "../../../src/kernel/rules/text.ts";
import { planLines } from "../../../src/cli/rules/pool-lines.ts";
import {
  addOutput,
  emptyTail,
  lastLines,
  runReport,
  type RunOutcome,
} from "../../../src/cli/rules/run-report.ts";
import { decodePiped, table, columnsOf, logLine, cutToColumns, plain } from "../../../src/cli/rules/text.ts";
import { generatePassword, readRoles, describeUser } from "../../../src/cli/rules/user.ts";
import { chooseServer, defaultUrl, readUrl } from "../../../src/cli/rules/server.ts";
import { toHtml } from "../../../src/notifications/texts/rules/markdown.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe("Times as text", () => {
  test("A duration has its two largest units, and tenths when it is short", () => {
    const cases: [number, string][] = [
      [0, "0.1 s"],
      [440, "0.4 s"],
      [9_949, "9.9 s"],
      [9_950, "10 s"],
      [59_400, "59 s"],
      [59_600, "1 min"],
      [4 * minute + 12 * second, "4 min 12 s"],
      [hour, "1 h"],
      [hour + 5 * second, "1 h"],
      [2 * hour + 3 * minute, "2 h 3 min"],
      [3 * day + 4 * hour + 59 * minute, "3 d 4 h"],
    ];
    for (const [time, words] of cases) expect(formatDuration(time)).toBe(words);
  });

  test("An age is rounded down, and a date after a month", () => {
    const now = Date.parse("2026-11-21T10:00:00Z");
    const ages = [-hour, 0, 59 * second, minute, 59 * minute, 5 * hour, 30 * day, 31 * day];
    expect(ages.map((age) => formatAge(new Date(now - age).toISOString(), now))).toEqual([
      "just now",
      "just now",
      "just now",
      "1 min ago",
      "59 min ago",
      "5 h ago",
      "30 d ago",
      "2026-10-21",
    ]);
    expect(formatAge("0001-01-01T00:00:00Z", now)).toBe("never");
  });
});

describe("Texts", () => {
  test("a log line keeps its indentation and loses control sequences", () => {
    expect(logLine('    "name" = \u001b[31m"main"\u001b[0m \r')).toBe('    "name" = "main"');
    expect(logLine("one\r\ntwo")).toBe("one two");
  });

  test("Text is cut to a limit of bytes, between characters, with a mark", () => {
    expect(cutToBytes("short", 5)).toBe("short");
    expect(cutToBytes("longer", 5)).toBe("lo…");
    expect(cutToBytes("ééé", 5)).toBe("é…");
    expect(cutToBytes("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 40)).toBe("👩‍👩‍👧‍👦…");
    expect(cutStartToBytes("longer", 5)).toBe("…er");
    expect(cutStartToBytes("ééé", 5)).toBe("…é");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 3, max: 40 }), (text, most) => {
        for (const cut of [cutToBytes(text, most), cutStartToBytes(text, most)]) {
          expect(byteLength(cut)).toBeLessThanOrEqual(most);
          expect(cut.isWellFormed()).toBe(true);
          expect(cut === text || cut.includes("…")).toBe(true);
        }
      }),
    );
  });

  test("Columns count wide characters twice, and tables align with them", () => {
    expect([columnsOf("abc"), columnsOf("日本"), columnsOf("👍🏽"), columnsOf("é")]).toEqual([3, 4, 2, 1]);
    expect(cutToColumns("日本語です", 5)).toBe("日本…");
    expect(
      table(
        ["NAME", "X"],
        [
          ["日本", "1"],
          ["a\u001B[31mb\nc", ""],
        ],
      ),
    ).toEqual(["NAME  X", "日本  1", "ab c"]);
  });

  test("Control sequences are removed; line breaks, tabs and joined emoji stay", () => {
    expect(plain("\u001B[1;31mred\u001B[0m\u0007 \u001B]0;title\u0007x\u009B31m\r\n\ty\u202E👩‍👧")).toBe(
      "red x\n\ty👩‍👧",
    );
  });

  test("A generated password has random characters that don't look alike", () => {
    const bytes = Uint8Array.from({ length: 64 }, (_, index) => index * 4);
    expect(generatePassword(bytes)).toMatch(/^[a-zA-Z2-9]{5}(-[a-zA-Z2-9]{5}){3}$/);
    expect(generatePassword(bytes)).not.toMatch(/[lo01IO]/);
    expect(() => generatePassword(new Uint8Array(64).fill(255))).toThrow("too few");
  });

  test("A user is described by name, email and roles", () => {
    const ada = {
      username: "ada",
      name: "Ada Lovelace",
      email: "ada@example.com",
      roles: [{ name: "owner" }],
    };
    expect(describeUser(ada)).toBe("ada (Ada Lovelace, ada@example.com), owner");
    expect(describeUser({ ...ada, name: "", email: "", roles: [] })).toBe("ada, member");
  });

  test("An unknown role is refused with the known ones", () => {
    expect(readRoles(["owner", "auditor"])).toEqual({ ok: true, roles: ["owner", "auditor"] });
    expect(readRoles(["owner", "king"])).toEqual({
      ok: false,
      problem: 'Unknown role "king", use owner, user-admin, template-admin, auditor',
    });
  });

  test("The nearest name is suggested, or none if nothing is near", () => {
    expect([
      editDistance("", "abc"),
      editDistance("kitten", "sitting"),
      editDistance("raed", "read"),
    ]).toEqual([3, 3, 1]);
    const known = ["login", "logout", "notifications", "run"];
    expect(
      ["lgoin", "notificatons", "notif", "ru", "RUN", "xyz", ""].map((word) => nearest(word, known)),
    ).toEqual(["login", "notifications", "notifications", "run", "run", undefined, undefined]);
  });
});

const nothing = { examples: [], async run() {} };
const tree: Group = {
  name: "belfry",
  summary: "root",
  commands: [
    defineCommand({ ...nothing, name: "whoami", summary: "who", options: { ...outputOption } }),
    defineCommand({
      ...nothing,
      name: "login",
      summary: "in",
      args: "[URL]",
      maxArgs: 1,
      options: { token: { type: "string", valueOptional: true, text: "token" } },
    }),
    defineCommand({
      ...nothing,
      name: "run",
      summary: "runs",
      args: "-- COMMAND",
      minArgs: 1,
      passthrough: true,
      options: {
        title: { type: "string", text: "title" },
        quiet: { type: "boolean", short: "q", text: "quiet" },
      },
    }),
    {
      name: "users",
      aliases: ["user"],
      summary: "people",
      commands: [
        defineCommand({
          ...nothing,
          name: "create",
          summary: "make",
          args: "NAME",
          minArgs: 1,
          options: { role: { type: "string", multiple: true, value: "ROLE", text: "role" } },
        }),
      ],
    },
  ],
};

const read = (line: string) => {
  const reading = readCommandLine(tree, line === "" ? [] : line.split(" "));
  if (reading.kind === "wrong") return reading.problem;
  if (reading.kind === "help") return `help ${reading.path.map(({ name }) => name).join(" ")}`;
  if (reading.kind === "version") return "version";
  return { name: reading.command.name, options: reading.options, args: reading.args };
};

describe("The command line", () => {
  test("Options can be before or after arguments and are typed", () => {
    const common = { url: undefined, token: undefined, help: false };
    expect(read("whoami")).toEqual({ name: "whoami", options: { ...common, output: undefined }, args: [] });
    expect(read("--url http://x whoami -o json")).toEqual({
      name: "whoami",
      options: { ...common, url: "http://x", output: "json" },
      args: [],
    });
    expect(read("user create --role a grace --role=b")).toEqual({
      name: "create",
      options: { ...common, role: ["a", "b"] },
      args: ["grace"],
    });
    expect(read("users create -- --grace")).toMatchObject({ args: ["--grace"] });
  });

  test("An optional value is taken unless an option or address follows", () => {
    expect(read("login --token")).toMatchObject({ options: { token: "" }, args: [] });
    expect(read("login --token -")).toMatchObject({ options: { token: "-" }, args: [] });
    expect(read("login --token abc-def")).toMatchObject({ options: { token: "abc-def" }, args: [] });
    expect(read("login --token https://x")).toMatchObject({ options: { token: "" }, args: ["https://x"] });
    expect(read("login --token --url x")).toMatchObject({ options: { token: "", url: "x" }, args: [] });
  });

  test("Everything after the first argument or after -- belongs to the other program", () => {
    expect(read("run --title T -- npm test --title U")).toMatchObject({
      options: { title: "T", quiet: false },
      args: ["npm", "test", "--title", "U"],
    });
    expect(read("run -q npm test -q --help")).toMatchObject({
      options: { quiet: true, help: false },
      args: ["npm", "test", "-q", "--help"],
    });
    expect(read("run -- -- x")).toMatchObject({ args: ["--", "x"] });
    expect(read("run --help")).toBe("help belfry run");
    expect(read("run --title T")).toBe("Missing argument COMMAND. Usage: belfry run [OPTIONS] -- COMMAND");
  });

  test("Help is found wherever it is requested", () => {
    for (const line of ["", "--help", "-h", "help"]) expect(read(line), line).toBe("help belfry");
    for (const line of ["users", "users --help", "help users", "users help", "--help users"])
      expect(read(line), line).toBe("help belfry users");
    for (const line of ["users create --help", "help users create", "users create grace -h"])
      expect(read(line), line).toBe("help belfry users create");
    expect(read("--version")).toBe("version");
  });

  test("An error names the problem and suggests the nearest name", () => {
    const cases: [string, string][] = [
      ["whomi", 'Unknown command "whomi". Did you mean "whoami"?'],
      ["users creat", 'Unknown command "creat" for "belfry users". Did you mean "create"?'],
      ["users zzz", 'Unknown command "zzz" for "belfry users".'],
      ["create", 'Unknown command "create". Did you mean "belfry users create"?'],
      ["whoami --outptu json", 'Unknown option --outptu for "belfry whoami". Did you mean --output?'],
      ["whoami -x", 'Unknown option -x for "belfry whoami".'],
      ["--frobnicate whoami", 'Unknown option --frobnicate for "belfry".'],
      ["whoami --constructor", 'Unknown option --constructor for "belfry whoami".'],
      ["whoami --output yaml", '--output: "yaml" is invalid, use text or json'],
      ["whoami --output", "--output: value missing, use --output text|json"],
      [
        "whoami --url --output json",
        "--url: value missing; to use --output as the value, write --url=--output",
      ],
      ["whoami --help=no", "--help: takes no value"],
      ["whoami now", 'Unexpected argument "now". This command takes no arguments.'],
      ["users create", "Missing argument NAME. Usage: belfry users create [OPTIONS] NAME"],
      ["users create a b", 'Unexpected argument "b". Quote text that contains spaces.'],
    ];
    for (const [line, problem] of cases) expect(read(line), line).toBe(problem);
  });

  test("The help shows each command, its options once, and its aliases", () => {
    const page = (line: string) => {
      const reading = readCommandLine(tree, line.split(" "));
      return reading.kind === "help" ? helpPage(reading.path, { heading: (text) => text.toUpperCase() }) : "";
    };
    expect(page("--help")).toContain("  users           create");
    expect(page("--help")).toMatch(/EXIT CODES\n {2}0 {2}success\n/);
    expect(page("users --help")).toContain("  create NAME  make");
    expect(page("users --help")).toContain("ALIASES\n  belfry user");
    const login = page("login --help");
    expect(login).toContain("  belfry login [OPTIONS] [URL]");
    expect(login.match(/--token/g)).toHaveLength(1);
    expect(page("users create --help")).toContain("--role ROLE    role; repeatable");
  });
});

describe("The commands of belfry", () => {
  const pages = (path: Node[]): string[][] => {
    const node = path.at(-1)!;
    const words = path.slice(1).map(({ name }) => name);
    return [words, ...(isGroup(node) ? node.commands.flatMap((next) => pages([...path, next])) : [])];
  };

  test("Each has a help page with examples that parse", () => {
    const all = pages([commands]);
    expect(all.length).toBeGreaterThan(20);
    for (const words of all) {
      const reading = readCommandLine(commands, [...words, "--help"]);
      if (reading.kind !== "help") throw new Error(`${words.join(" ")}: ${reading.kind}`);
      const page = helpPage(reading.path, { heading: (text) => text });
      expect(page).toContain(["belfry", ...words].join(" "));
      for (const line of page.split("\n")) expect(line.length, line).toBeLessThanOrEqual(120);
      const command = reading.path.at(-1)!;
      if (isGroup(command)) continue;
      expect(command.examples.length).toBeGreaterThan(0);
      for (const example of command.examples) {
        const [, line = ""] = /belfry ((?:"[^"]*"|'[^']*'|[^<)])*)/.exec(example)!;
        const typed = line.match(/"[^"]*"|'[^']*'|\S+/g)!;
        const read = readCommandLine(commands, typed);
        expect([example, read.kind]).toEqual([example, "run"]);
      }
    }
  });

  test("A password is never an option", () => {
    for (const words of pages([commands])) {
      expect(readCommandLine(commands, [...words, "--password", "x"]).kind).toBe("wrong");
    }
  });
});

describe("The choice of server and key", () => {
  const none = { url: undefined, token: undefined };
  const stored = { url: "https://b.example.com", token: "stored" };

  test("An option overrides the environment, which overrides the stored sign-in", () => {
    expect(chooseServer({ option: none, environment: none, stored: undefined })).toEqual({
      url: defaultUrl,
      token: undefined,
      source: "none",
    });
    expect(chooseServer({ option: none, environment: { url: "", token: " " }, stored })).toEqual({
      ...stored,
      source: "stored",
    });
    expect(chooseServer({ option: none, environment: { url: "e:1", token: "env" }, stored })).toEqual({
      url: "http://e:1",
      token: "env",
      source: "environment",
    });
    expect(
      chooseServer({
        option: { url: "o:1", token: "opt" },
        environment: { url: "e:1", token: "env" },
        stored,
      }),
    ).toEqual({ url: "http://o:1", token: "opt", source: "option" });
  });

  test("A stored key is only sent to its own server", () => {
    const elsewhere = { url: "https://evil.example.com", token: undefined };
    expect(chooseServer({ option: elsewhere, environment: none, stored }).token).toBeUndefined();
    expect(chooseServer({ option: none, environment: elsewhere, stored }).token).toBeUndefined();
    const same = { url: "https://B.example.com/", token: undefined };
    expect(chooseServer({ option: same, environment: none, stored }).token).toBe("stored");
  });

  test("An address can lack scheme and port; an invalid one is refused with a message", () => {
    expect(readUrl("localhost:4747")).toBe("http://localhost:4747");
    expect(readUrl("https://b.example.com/belfry/api/v2/")).toBe("https://b.example.com/belfry");
    for (const text of ["", "ftp://x", "http://", "http://user:secret@x", "a b"])
      expect(() => readUrl(text), text).toThrow("Invalid address");
  });
});

describe("The report of run", () => {
  const outcome: RunOutcome = {
    command: ["npm", "test"],
    title: undefined,
    exitCode: 1,
    signal: null,
    problem: undefined,
    milliseconds: 4 * minute + 12 * second,
    lines: ["one", "two"],
  };

  test("The title has the outcome, the message the exit code and the last lines", () => {
    expect(runReport(outcome)).toEqual({
      title: "npm test failed after 4 min 12 s",
      message: "Exit code 1. Last lines:\n\n```\none\ntwo\n```",
    });
    expect(runReport({ ...outcome, exitCode: 0, lines: [] })).toEqual({
      title: "npm test succeeded after 4 min 12 s",
      message: "Exit code 0. No output.",
    });
    expect(runReport({ ...outcome, exitCode: 143, signal: "SIGTERM", title: "Nightly" })).toMatchObject({
      title: "Nightly failed after 4 min 12 s (SIGTERM)",
      message: expect.stringMatching(/^Ended by SIGTERM\./) as string,
    });
    expect(runReport({ ...outcome, exitCode: 127, problem: "x: command not found" }).message).toBe(
      "x: command not found",
    );
  });

  test("The command is shown as typed, with markup escaped", () => {
    const titled = (...command: string[]) => runReport({ ...outcome, command }).title;
    expect(titled("sh", "-c", "exit 3", "")).toBe('sh -c "exit 3" "" failed after 4 min 12 s');
    expect(titled("rm", "*.o", "my_file_name", "_x")).toBe(
      "rm \\*.o my_file_name \\_x failed after 4 min 12 s",
    );
    expect(titled("a\nb\u001B[1m")).toBe('"a b" failed after 4 min 12 s');
  });

  test("The limits hold for any output, and nothing ends the code block", () => {
    const line = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom(
        "```",
        "  ````",
        "`".repeat(300),
        "x".repeat(3_000),
        "é".repeat(1_200),
        "",
        "~~~",
        "- list",
      ),
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 20 }),
        fc.string({ unit: "grapheme", maxLength: 200 }),
        (printed, word) => {
          const text = printed.map((one) => one.replaceAll("\n", " ")).join("\n");
          const lines = lastLines(addOutput(emptyTail, "out", text), 20);
          const { title, message } = runReport({ ...outcome, command: ["x", word, "_*`"], lines });
          expect(byteLength(title)).toBeLessThanOrEqual(120);
          expect(title).toMatch(/ failed after 4 min 12 s$/);
          expect(byteLength(message)).toBeLessThanOrEqual(2_000);
          if (lines.length > 0)
            expect(toHtml(message)).toMatch(/^<p>[^<]*<\/p>\n<pre><code>[^<]*<\/code><\/pre>\n$/);
        },
      ),
    );
  });

  test("The end of long output is kept, in whole lines if possible", () => {
    const lines = Array.from({ length: 20 }, (_, index) => `${index} ${"x".repeat(195)}`);
    const { message } = runReport({ ...outcome, lines });
    expect(message).toContain(`\n${lines[19]!}\n\`\`\``);
    expect(message).toContain(`\`\`\`\n${lines[11]!}\n`);
    expect(message).not.toContain(lines[10]!);
    expect(runReport({ ...outcome, lines: [`start${"y".repeat(5_000)}end`] }).message).toMatch(
      /```\n…y+end\n```$/,
    );
  });
});

describe("The last lines of output", () => {
  const lines = (...chunks: ["out" | "error", string][]) =>
    lastLines(
      chunks.reduce((tail, [stream, text]) => addOutput(tail, stream, text), emptyTail),
      3,
    );

  test("They are the last lines that are not empty, whatever the chunks", () => {
    expect(lines()).toEqual([]);
    expect(lines(["out", "a\nb\nc\nd\n\n\n"])).toEqual(["b", "c", "d"]);
    expect(lines(["out", "a\nb"], ["out", "c\nd"])).toEqual(["a", "bc", "d"]);
    expect(lines(["out", "a\n\nb\n"])).toEqual(["a", "", "b"]);
  });

  test("Lines of the two streams are not mixed", () => {
    expect(lines(["out", "half"], ["error", "oops\n"], ["out", " done\n"])).toEqual(["oops", "half done"]);
    expect(lines(["error", "warn"], ["out", "end"])).toEqual(["end", "warn"]);
  });

  test("A progress bar is shown in its last state, without colors", () => {
    expect(lines(["out", "10 %\r50 %\r100 %\n"])).toEqual(["100 %"]);
    expect(lines(["out", "10 %\r50 %\r"])).toEqual(["50 %"]);
    expect(lines(["out", "10 %\r100 %\r\u001B[K\n"])).toEqual(["100 %"]);
    expect(lines(["out", "windows\r\nlines\r\n"])).toEqual(["windows", "lines"]);
    expect(lines(["out", "\u001B[32mok\u001B[39m\n"])).toEqual(["ok"]);
  });

  test("Endless output and endless lines use bounded memory", () => {
    let tail = emptyTail;
    for (let index = 0; index < 2_000; index += 1) tail = addOutput(tail, "out", `${"z".repeat(50)}${index}`);
    expect(tail.open.out.length).toBeLessThanOrEqual(4_096);
    for (let index = 0; index < 2_000; index += 1) tail = addOutput(tail, "error", `line ${index}\n`);
    expect(tail.lines.length).toBeLessThanOrEqual(60);
    expect(lastLines(tail, 2)[0]).toBe("line 1999");
  });
});

test("Piped text is UTF-8, even if its start was cut inside a character, else Windows-1252", () => {
  const bytes = Buffer.from("€ok");
  expect(decodePiped(bytes, true)).toEqual({ text: "€ok", isUtf8: true });
  expect(decodePiped(bytes.subarray(1), false)).toEqual({ text: "ok", isUtf8: true });
  expect(decodePiped(bytes.subarray(1), true).isUtf8).toBe(false);
  expect(decodePiped(Buffer.from("Grüße", "latin1"), true)).toEqual({ text: "Grüße", isUtf8: false });
  expect(decodePiped(Buffer.alloc(0), true)).toEqual({ text: "", isUtf8: true });
});

describe("The inbox as lines", () => {
  const now = Date.parse("2026-11-21T10:00:00Z");
  const item: ShownNotification = {
    id: "019ab000-0000-7000-8000-0000deadbeef",
    title: "**Build** done",
    content: "All `312` tests\n\npassed\n\n- a\n- b\n- c",
    actions: [{ label: "View", url: "https://x.example.com" }],
    read_at: null,
    created_at: "2026-11-21T09:57:00Z",
  };
  const style = { bold: (text: string) => `<${text}>`, dim: (text: string) => text, columns: undefined, now };

  test("An unread notification is marked, markup is removed, long texts are cut", () => {
    expect(inboxLines(item, style)).toEqual([
      "* 3 min ago   <Build done>  deadbeef",
      "              All 312 tests",
      "              passed",
      "              - a",
      "              (2 more lines: belfry notifications show deadbeef)",
      "              View: https://x.example.com",
    ]);
    const oneMore = { ...item, content: item.content.replace("\n- c", "") };
    expect(inboxLines(oneMore, style)).toContain(
      "              (1 more line: belfry notifications show deadbeef)",
    );
    const whole = inboxLines(item, { ...style, isWhole: true });
    expect(whole.map((line) => line.trim()).slice(3, 6)).toEqual(["- a", "- b", "- c"]);
    expect(inboxLines({ ...item, content: "", actions: [], read_at: "x" }, style)).toEqual([
      "  3 min ago   Build done  deadbeef",
    ]);
  });

  test("No line is wider than the terminal, and IDs are at its edge", () => {
    const [first, second] = inboxLines(
      { ...item, content: "w".repeat(100) },
      { ...style, columns: 50, bold: (text) => text },
    );
    expect([first!.length, second!.length]).toEqual([50, 50]);
    expect(first).toMatch(/ deadbeef$/);
    expect(second).toMatch(/w…$/);
  });
});

test("common options can stand before the command with their values, and help wins over an unknown command", () => {
  expect(readCommandLine(commands, ["--url=http://a", "--token", "t", "whoami"])).toMatchObject({
    kind: "run",
    options: { url: "http://a", token: "t" },
  });
  expect(readCommandLine(commands, ["help", "nonsense"])).toMatchObject({ kind: "help" });
  const plainOption = defineCommand({
    name: "x",
    summary: "",
    examples: [],
    options: { file: { type: "string", text: "" } },
    run: async () => {},
  });
  const root: Group = { name: "belfry", summary: "", commands: [plainOption] };
  expect(readCommandLine(root, ["x", "--file"])).toMatchObject({
    kind: "wrong",
    problem: "--file: value missing, use --file VALUE",
  });
});

test.each([
  ["3f9c", true],
  ["3f9c02d1", true],
  ["3f9", false],
  ["nonsense", false],
])("%j can be the end of an ID: %s", (text, expected) => expect(isIdEnd(text)).toBe(expected));

test("a long title of run is cut so that title and outcome fit", () => {
  const { title } = runReport({
    command: ["echo", "*".repeat(200)],
    title: undefined,
    exitCode: 0,
    signal: null,
    problem: undefined,
    milliseconds: 1_000,
    lines: [],
  });
  expect(title).toMatch(/succeeded after 1\.0 s$/);
  expect(byteLength(title)).toBeLessThanOrEqual(120);
});

test("a pool that stopped at an unknown time shows how to resume it", () => {
  const pool = {
    id: "a",
    name: "small",
    template_name: "docker",
    template_version_name: "v3",
    active: true,
    desired: 2,
    running: 0,
    eligible: 0,
    starting: 0,
    stopping: 0,
    deleting: 0,
    not_eligible: [],
    status: "hard_limited",
    status_since: null,
    failures: 3,
    failure_limit: 3,
    backoff_until: null,
    last_failures: [],
  };
  const lines = planLines([pool], [], { now: 0, columns: undefined, bold: (text) => text });
  expect(lines.slice(-2)).toEqual([
    "  -> fix the template and push a new version, or resume:",
    "  $  belfry prebuilds resume docker/small",
  ]);
});
