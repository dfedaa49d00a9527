// belfry agent install: what it shows, asks and writes.
import { chmod, mkdir, readFile, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { agentNames } from "../../../src/cli/hooks/rules/agents.ts";
import { runCommand, startAtTerminal } from "../../support/command.ts";
import { run, temporaryFolder } from "../../support/program.ts";

const places: Record<string, string> = {
  "claude-code": ".claude/settings.json",
  codex: ".codex/hooks.json",
  "gemini-cli": ".gemini/settings.json",
  cursor: ".cursor/hooks.json",
};

async function createHome(files: Record<string, string> = {}) {
  const home = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(home, name, ".."), { recursive: true });
    await writeFile(join(home, name), text);
  }
  const environment = { HOME: home };
  return {
    home,
    environment,
    read: (name: string) => readFile(join(home, name), "utf8"),
    install: (...words: string[]) => runCommand(["agent", "install", ...words], { environment }),
  };
}

test.each(agentNames)("%s: installed, installed again, removed", async (name) => {
  const place = places[name]!;
  const { home, install, read } = await createHome({ [place]: '{\n  "mine": true\n}\n' });
  const installed = await install(name, "--yes");
  expect(installed.code).toBe(0);
  expect(installed.stdout).toContain(`${join(home, place)}\n`);
  expect(installed.stdout).toMatch(new RegExp(`^\\+ .*"command": "belfry agent hook ${name}"`, "m"));
  expect(installed.stderr).toMatch(/^Installed\. /);
  const text = await read(place);
  expect(JSON.parse(text)).toMatchObject({ mine: true, hooks: {} });
  expect(await install(name, "--yes")).toEqual({
    code: 0,
    stdout: "",
    stderr: `${join(home, place)}: nothing to change.\n`,
  });
  expect(await read(place)).toBe(text);
  const removed = await install(name, "--remove", "--yes");
  expect(removed.stdout).toMatch(new RegExp(`^- .*"command": "belfry agent hook ${name}"`, "m"));
  expect(removed.stderr).toMatch(/^Removed Belfry's hooks from /);
  expect(await read(place)).toBe('{\n  "mine": true\n}\n');
  expect((await install(name, "--remove")).stderr).toContain("nothing to change");
  expect(await readdir(join(home, place, ".."))).toEqual([place.split("/")[1]]);
});

test("it asks first, and writes nothing without a yes", async () => {
  const { environment, read, install, home } = await createHome();
  const no = startAtTerminal(["agent", "install", "codex"], { environment });
  await no.asks("Write this change? [y/N] ");
  no.type("\n");
  expect(await no.ended).toMatchObject({ code: 1, stderr: expect.stringContaining("Nothing was written.") });
  expect(await install("codex")).toMatchObject({ code: 1 });
  expect(await readdir(home)).toEqual([]);
  const yes = startAtTerminal(["agent", "install", "codex"], { environment });
  await yes.asks("Write this change? [y/N] ");
  yes.type("y\n");
  expect(await yes.ended).toMatchObject({ code: 0, stderr: expect.stringContaining("enter /hooks") });
  expect(await read(".codex/hooks.json")).toContain("belfry agent hook codex");
  expect((await install("cursor", "--remove")).stderr).toContain("nothing to change");
});

test("a change of the file while it asks is not lost", async () => {
  const { environment, home, read } = await createHome({ ".cursor/hooks.json": "{}" });
  const asking = startAtTerminal(["agent", "install", "cursor"], { environment });
  await asking.asks("Write this change?");
  await writeFile(join(home, ".cursor/hooks.json"), '{"version":1}');
  asking.type("y\n");
  expect(await asking.ended).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("was changed meanwhile"),
  });
  expect(await read(".cursor/hooks.json")).toBe('{"version":1}');
});

test("a file that isn't valid stays as it is, and the line is named", async () => {
  const broken = '{\n  "hooks": {\n    "Stop": [\n  }\n}\n';
  const { home, read, install } = await createHome({ ".claude/settings.json": broken });
  for (const words of [["--yes"], ["--remove", "--yes"]]) {
    const ended = await install("claude-code", ...words);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`${join(home, ".claude/settings.json")}, line 4: `);
    expect(ended.stderr).toContain("The file was left as it is.");
  }
  expect(await read(".claude/settings.json")).toBe(broken);
});

test("a link and the file's permissions stay", async () => {
  const { home, install, read } = await createHome({ "dotfiles/claude.json": "{}\n" });
  await chmod(join(home, "dotfiles/claude.json"), 0o600);
  await mkdir(join(home, ".claude"));
  await symlink("../dotfiles/claude.json", join(home, ".claude/settings.json"));
  expect((await install("claude-code", "--yes")).code).toBe(0);
  expect(await read("dotfiles/claude.json")).toContain("belfry agent hook claude-code");
  expect((await stat(join(home, "dotfiles/claude.json"))).mode & 0o777).toBe(0o600);
});

test("the agent's own variable names another folder; a project has its own file", async () => {
  const { home, environment } = await createHome();
  const other = join(home, "elsewhere");
  const inOther = { environment: { ...environment, CODEX_HOME: other } };
  expect((await runCommand(["agent", "install", "codex", "--yes"], inOther)).code).toBe(0);
  expect(await readFile(join(other, "hooks.json"), "utf8")).toContain("belfry agent hook codex");
  const ended = await run(["agent", "install", "gemini-cli", "--scope", "project", "--yes"], {
    environment: { HOME: home },
    folder: home,
  });
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.stdout).toContain(".gemini/settings.json");
});

test("wrong words are named", async () => {
  const { install, home } = await createHome({ ".cursor": "a file" });
  expect((await install("claude")).stderr).toContain('AGENT: "claude" is invalid');
  expect((await install("codex", "--scope", "team")).stderr).toContain('--scope: "team" is invalid');
  const ended = await install("cursor", "--yes");
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain(`${join(home, ".cursor/hooks.json")}: not a folder`);
});
