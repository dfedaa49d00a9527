// public/docs/: what it says of commands and variables is what there is, its links lead somewhere, and the programs in
// it run.
import { createHmac } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type * as z from "zod";
import { readCommandLine } from "../../src/cli/rules/command-line.ts";
import { commands } from "../../src/cli/commands.ts";
import { variables } from "../../src/config/config.ts";
import { createAnchor, readContents } from "../../src/pages/rules/document.ts";
import { describeReason } from "../../src/notifications/outbox/rules/reasons.ts";
import { messageStatuses } from "../../db/schema.ts";
import { loadTemplateFiles } from "../../db/template-files.ts";
import { cliVariables, documentFiles, folder, madeDocuments, readDocument } from "../support/documents.ts";
import { signInFirst, startTestServer } from "../support/server.ts";

const notifications = "administration/monitoring/notifications";
const configuration = readDocument("administration/configuration.md");

/** Blocks of a language in a page. */
const blocks = (page: string, language: string): string[] =>
  [...page.matchAll(new RegExp(`^( *)\`\`\`${language}\\n(.*?)^ *\`\`\``, "gms"))].map(([, indent, text]) =>
    text!.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );

test.each(Object.entries(madeDocuments))("%s is up to date (else run: npm run docs)", (file, make) =>
  expect(readDocument(file), `public/docs/${file} is stale: run \`npm run docs\``).toBe(make()),
);

test("the changelog has a row for each migration since the first release", () => {
  const table = readDocument("contributing/changelog.md").split("### Migrations")[1]!.split("\n## ")[0]!;
  const numbers = [...table.matchAll(/^\| (\d+) /gm)].map(([, number]) => Number(number));
  const all = readdirSync("db/migrations").map((name) => Number.parseInt(name, 10));
  expect(numbers).toEqual(all.filter((number) => number > 6));
});

test.each([
  ["faults", 15],
  ["security", 60],
])("each row of the %s page is held by a test that is there, or says that it is not met", (page, least) => {
  const rows = readDocument(`administration/${page}.md`)
    .split("\n")
    .filter((line) => (page === "security" ? /^\| \d/ : /^\| (?!fault|-)/).test(line));
  expect(rows.length).toBeGreaterThan(least);
  for (const row of rows) {
    if (/\| no +\|.*\| none +\|$/.test(row)) continue;
    const file = /`(test\/[\w/-]+\.test\.ts)` *\|$/.exec(row)?.[1];
    expect(file, row).toBeDefined();
    expect(existsSync(new URL(`../../${file}`, import.meta.url)), row).toBe(true);
  }
});

test("files and folders that the contributing pages name are there", () => {
  const named = documentFiles()
    .filter((file) => file.startsWith("contributing/"))
    .flatMap((file) =>
      [...readDocument(file).matchAll(/`((?:src|db|test|public|\.ci)\/[\w./-]*)`/g)].map(([, path]) => ({
        file,
        path: path!,
      })),
    );
  expect(named.filter(({ path }) => !existsSync(new URL(`../../${path}`, import.meta.url)))).toEqual([]);
  expect(named.length).toBeGreaterThan(5);
});

test("each stop of the data walks is a file with a function of that name, at most 14 in a walk", () => {
  const walks = readDocument("contributing/walks.md").split("\n## ").slice(1);
  expect(walks).toHaveLength(6);
  for (const walk of walks) {
    const stops = [...walk.matchAll(/`((?:src|public)\/[\w./-]+)`: `(\w+)`/g)];
    const missing = stops.filter(
      ([, file, name]) =>
        !new RegExp(`\\b${name}\\b`).test(readFileSync(new URL(`../../${file}`, import.meta.url), "utf8")),
    );
    expect(missing.map(([stop]) => stop)).toEqual([]);
    expect(stops.length).toBeGreaterThan(8);
    expect(stops.length).toBeLessThanOrEqual(14);
  }
});

describe("the configuration page", () => {
  const rows = [...configuration.matchAll(/^\| `([A-Z_]+)` +\| (.*?) +\| (.*?) +\|$/gm)].map(
    ([, name, value, meaning]) => ({ name: name!, value: value!, meaning: meaning! }),
  );

  test("has every variable, and no other", () => {
    const ofCommands = ["NO_COLOR", "BELFRY_PROVISIONER_KEY", "BELFRY_AGENT_TOKEN"];
    const known = [...Object.keys(variables), ...cliVariables(), ...ofCommands];
    expect(rows.map(({ name }) => name).toSorted()).toEqual(known.toSorted());
  });

  test("has their defaults", () => {
    const wrong = Object.entries(variables).flatMap(([name, schema]) => {
      const shown = rows.find((row) => row.name === name)?.value;
      const value = defaultOf(schema);
      // What depends on others is said in words.
      const isRight = value === undefined ? !shown?.startsWith("`true`") : shown === `\`${value}\``;
      return isRight ? [] : [{ name, shown, value }];
    });
    expect(wrong).toEqual([]);
  });
});

/** A default as one would write it; undefined when there is none. */
function defaultOf(schema: z.ZodType): string | undefined {
  const { def } = schema as unknown as { def: { type: string; defaultValue?: unknown; in?: z.ZodType } };
  if (def.type === "default") return def.defaultValue === "" ? undefined : String(def.defaultValue);
  return def.type === "pipe" ? defaultOf(def.in!) : undefined;
}

test("the page of kinds has each kind that ships, once, with its severity and whom it goes to", () => {
  const page = readDocument(`${notifications}/kinds.md`);
  const row = /^\| ([^|]+?) +\| (?:info|success|warning|critical) +\| ([^|]{10,}?) +\| ([^|]{3,}?) +\|$/gm;
  const listed = [...page.matchAll(row)].map(([, name]) => name!);
  const kinds = listed.filter((name) => /^[A-Z]/.test(name));
  expect(kinds.toSorted()).toEqual(
    loadTemplateFiles()
      .map(({ displayName }) => displayName)
      .toSorted(),
  );
});

describe("how delivery works", () => {
  const page = readDocument(`${notifications}/delivery.md`);

  test("has each state", () => {
    for (const status of messageStatuses) expect(page).toMatch(new RegExp(`^\\| \`${status}\` `, "m"));
  });

  test("has each reason", () => {
    const source = readFileSync(
      new URL("../../src/notifications/outbox/rules/reasons.ts", import.meta.url),
      "utf8",
    );
    const codes = [...source.matchAll(/^ {2}(\w+): \{/gm)].map(([, code]) => code!);
    expect(codes.length).toBeGreaterThan(10);
    const listed = [...page.matchAll(/^\| `(\w+)` +\| [^|]+\|$/gm)].map(([, code]) => code!);
    expect(codes.filter((code) => !listed.includes(code))).toEqual([]);
    for (const code of codes) expect(describeReason(code).text).not.toBe(code);
  });
});

describe("links", () => {
  /** Without what is code. */
  const proseOf = (file: string) =>
    readDocument(file)
      .replaceAll(/^ *```.*?^ *```/gms, "")
      .replaceAll(/`[^`\n]*`/g, (code) => (code.includes("](") ? "" : code));
  const anchorsOf = (file: string): Set<string> => {
    const taken = new Set<string>();
    for (const [, title] of proseOf(file).matchAll(/^##+ (.*)$/gm))
      createAnchor(title!.replaceAll("`", ""), taken);
    return taken;
  };
  const links = documentFiles().flatMap((file) =>
    [...proseOf(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, href]) => ({ file, href: href! })),
  );

  test("between pages lead to a page, and to a heading on it", () => {
    const dead = links.filter(({ file, href }) => {
      if (/^(https?:|\/)/.test(href)) return false;
      const [path = "", anchor] = href.split("#");
      const target = path === "" ? file : normalize(join(dirname(file), path));
      if (!existsSync(join(folder, target))) return true;
      return anchor !== undefined && !anchorsOf(target).has(anchor);
    });
    expect(dead).toEqual([]);
    expect(links.length).toBeGreaterThan(30);
  });

  test("of the index lead to every page", () => {
    const listed = readContents(readDocument("index.md"), "index.md").flatMap(({ entries }) =>
      entries.map(({ page }) => page),
    );
    const pages = documentFiles()
      .filter((file) => file !== "index.md")
      .map((file) => `/docs/${file}`.replace(/(\/index)?\.md$/, ""));
    expect(pages.filter((page) => !listed.includes(page))).toEqual([]);
  });
});

describe("commands of belfry in the pages", () => {
  const pages = documentFiles().filter((file) => !(file in madeDocuments));

  test("that are to be typed are right, with their words and options", () => {
    const lines = pages.flatMap((file) =>
      blocks(readDocument(file), "sh").flatMap((block) =>
        block
          .replaceAll("\\\n", " ")
          .split(/\n|;|\||&&/)
          .map((line) => ({ file, line, problem: problemOf(line) })),
      ),
    );
    expect(lines.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(lines.length).toBeGreaterThan(50);
  });

  test("that are only named are there", () => {
    const names = documentFiles().flatMap((file) =>
      [...readDocument(file).matchAll(/`(belfry [a-z][^`]*)`/g)].map(([, line]) => ({
        file,
        line: line!,
        problem: problemOf(line!),
      })),
    );
    // Named without its arguments.
    const wrong = names.filter(
      ({ problem }) => problem !== undefined && !problem.startsWith("Missing argument"),
    );
    expect(wrong).toEqual([]);
  });
});

/** What the command line would say to a line of a page; nothing where there is no command in it. */
function problemOf(line: string): string | undefined {
  const plainLine = line.replace(/ #.*$/, "").replaceAll(/\$\((?!belfry)[^)]*\)/g, "X");
  // Users, groups and databases are called so, too.
  const words =
    /(?:^|[\s(])(?<!(?:-[ugonT]|create|--group|generic|exec|logs) )belfry ((?:'[^']*'|"[^"]*"|[^)])*)/.exec(
      plainLine,
    )?.[1];
  if (words === undefined || /^COMMAND|…/.test(words)) return undefined;
  const parts = [...words.matchAll(/'([^']*)'|"([^"]*)"|([^\s"]+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain!,
  );
  const redirect = parts.findIndex((part) => /^[<>]/.test(part));
  const reading = readCommandLine(commands, redirect === -1 ? parts : parts.slice(0, redirect));
  return reading.kind === "wrong" ? reading.problem : undefined;
}

describe("the webhook page", () => {
  const page = readDocument(`${notifications}/webhook.md`);
  const secret = `whsec_${Buffer.from("a key of thirty-two bytes, it is").toString("base64")}`;

  test("has a receiver that takes what Belfry sends, and nothing else", async () => {
    const port = await freePort();
    const directory = await mkdtemp(join(tmpdir(), "belfry-docs-"));
    await writeFile(join(directory, "receiver.mjs"), blocks(page, "js")[0]!);
    const receiver = spawn(process.execPath, [join(directory, "receiver.mjs")], {
      env: { WEBHOOK_SECRET: secret, PORT: String(port) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(async () => {
      receiver.kill();
      await rm(directory, { recursive: true });
    });
    await untilListening(port, () => receiver.exitCode === null);
    const server = await startTestServer({
      environment: {
        BELFRY_NOTIFICATIONS_WEBHOOK_ENDPOINT: `http://127.0.0.1:${port}/`,
        BELFRY_NOTIFICATIONS_WEBHOOK_SECRET: secret,
      },
      now: Date.now,
    });
    const { token } = await signInFirst(server);
    const json = { content: { title: "Größe <1>", message: "x" } };
    await server.call("POST", "/api/v2/notifications/custom", { token, json });
    const [line] = (await once(receiver.stdout, "data")) as [Buffer];
    expect(line.toString()).toMatch(/^[0-9a-f-]{36} ada Größe <1>\n$/);
    const time = String(Math.floor(Date.now() / 1_000));
    const forged = { "webhook-id": "1", "webhook-timestamp": time, "webhook-signature": "v1,AAAA" };
    for (const headers of [{}, forged]) {
      const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body: "{}" });
      expect(answer.status).toBe(401);
    }
  });

  test("has a check for the shell", async () => {
    const directory = await mkdtemp(join(tmpdir(), "belfry-docs-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const body = `{"title":"Größe"}`;
    await writeFile(join(directory, "body.json"), body);
    const key = Buffer.from(secret.slice("whsec_".length), "base64");
    const good = createHmac("sha256", key).update(`id.17.${body}`).digest("base64");
    const script = blocks(page, "sh").find((block) => block.includes("openssl dgst"))!;
    const say = async (signature: string) => {
      const shell = spawn("sh", ["-c", script], {
        cwd: directory,
        env: {
          PATH: process.env["PATH"],
          WEBHOOK_SECRET: secret,
          ID: "id",
          TIME: "17",
          SIGNATURE: signature,
        },
      });
      const [words] = (await once(shell.stdout, "data")) as [Buffer];
      return words.toString();
    };
    expect(await say(`v1,${good}`)).toBe("It is Belfry's.\n");
    expect(await say("v1,AAAA")).toBe("It is not.\n");
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Any answer will do. */
async function untilListening(port: number, isAlive: () => boolean): Promise<void> {
  while (isAlive()) {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST" }).catch(() => undefined);
    if (answer !== undefined) return;
  }
  throw new Error("The receiver of the page has ended.");
}
