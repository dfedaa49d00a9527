// The commands of workspaces and builds as people use them: against a real server.
import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { temporaryFolder } from "../support/program.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { addProvisioner, addTemplate, addVersion, outcome, activateVersion } from "../support/workspaces.ts";

async function open() {
  const server = await startTestServer();
  const { token, userId } = await signInFirst(server);
  const home = await temporaryFolder();
  const { templateId } = await addTemplate(server, userId, "docker", {
    parameters: [{ name: "size", defaultValue: "small" }],
    presets: [{ id: randomUUID(), name: "Berlin", parameters: [{ name: "size", value: "big" }] }],
  });
  const provisioner = await addProvisioner(server, userId, "one");
  const belfryAs = (key: string, ...words: string[]) =>
    runCommand(words, {
      environment: { BELFRY_CONFIG_DIR: home, BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: key },
    });
  const belfry = (...words: string[]) => belfryAs(token, ...words);
  /** Does the next job, which may come later, with a line of log. */
  const work = async (end: "complete" | "fail" = "complete") => {
    const { json } = await provisioner.acquire({ wait: 30 });
    const line = { level: "info", source: "provisioner", stage: "", output: `doing ${json.transition}` };
    await provisioner.job("POST", json.job_id, "logs", [line]);
    await provisioner.job("POST", json.job_id, end, end === "fail" ? { error: "no disk" } : outcome);
    return json;
  };
  return { server, token, userId, templateId, belfry, belfryAs, work };
}

describe("belfry workspaces", () => {
  test("create, show, list, stop, update and delete a workspace, with its log and how it ended", async () => {
    const { server, token, userId, templateId, belfry, work } = await open();
    const first = work();
    const made = await belfry(
      "workspaces",
      "create",
      "web",
      "--template",
      "docker",
      "--preset",
      "berlin",
      "--wait",
    );
    expect(made).toEqual({
      code: 0,
      stdout: "doing start\n",
      stderr: "Created workspace web; its first build is queued.\nBuild 1 of web (start) succeeded.\n",
    });
    expect((await first).parameters).toMatchObject([{ name: "size", value: "big" }]);
    const [list, shown, log] = await Promise.all([
      belfry("workspaces", "list"),
      belfry("workspaces", "show", "web"),
      belfry("workspaces", "logs", "web"),
    ]);
    expect(list.stdout).toMatch(/^ada\/web +docker +running /m);
    for (const line of [
      "Workspace: ada/web",
      "Status: running",
      "Agent: main, created",
      "App: web at http://w",
    ])
      expect(shown.stdout).toContain(line);
    expect(log).toEqual({ code: 0, stdout: "doing start\n", stderr: "" });

    expect((await belfry("workspaces", "update", "web")).stderr).toBe(
      "web already uses the active version.\n",
    );
    const next = await addVersion(server, userId, templateId);
    await activateVersion(server, token, templateId, next);
    const updating = await belfry("workspaces", "update", "web");
    expect(updating.code).toBe(0);
    expect(updating.stderr).toContain("Queued build 2 of web (start).\nNotified: you.\n");
    const [id] = /[0-9a-f-]{36}/.exec(updating.stderr)!;
    const failing = work("fail");
    const waited = await belfry("builds", "wait", id, "--quiet");
    expect(waited).toEqual({ code: 1, stdout: "", stderr: "Build 2 of web (start) failed: no disk\n" });
    expect((await failing).template_version.id).toBe(next);
    const versions = await server.call("GET", `/api/v2/templates/${templateId}/versions`, { token });
    const firstName = versions.json[0]!.name;
    const back = work();
    const moved = await belfry("workspaces", "update", "web", "--version", firstName.toUpperCase(), "--wait");
    expect([moved.code, (await back).template_version.name]).toEqual([0, firstName]);
    expect((await belfry("workspaces", "list")).stdout).toContain("not the active version");
    const again = await belfry("workspaces", "update", "web", "--version", firstName!);
    expect(again.stderr).toBe(`web already uses version ${firstName}.\n`);
    const deletion = work();
    expect((await belfry("workspaces", "delete", "web", "--wait")).code).toBe(0);
    await deletion;
    expect(await belfry("workspaces", "list")).toMatchObject({ code: 0, stdout: "" });
  });

  test("restart waits for the stop and for the start that follows", async () => {
    const { belfry, work } = await open();
    const first = work();
    await belfry("workspaces", "create", "web", "--template", "docker", "--wait");
    await first;
    const both = work().then(() => work());
    expect(await belfry("workspaces", "restart", "web", "--wait")).toEqual({
      code: 0,
      stdout: "doing stop\ndoing start\n",
      stderr:
        "Queued build 2 of web (stop); a start follows.\nBuild 2 of web (stop) succeeded.\nBuild 3 of web (start) succeeded.\n",
    });
    await both;
    const stop = work("fail");
    expect(await belfry("workspaces", "restart", "web", "--wait")).toMatchObject({ code: 1 });
    await stop;
  });

  test("set and show the autostart schedule and the version it uses", async () => {
    const { belfry } = await open();
    await belfry("workspaces", "create", "web", "--template", "docker");
    const autostart = (...words: string[]) => belfry("workspaces", "autostart", "web", ...words);
    expect((await autostart()).stderr).toBe("Autostart of web: off\n");
    const set = await autostart("8:30 mon-fri", "--timezone", "Europe/Berlin");
    const schedule = "CRON_TZ=Europe/Berlin 30 8 * * MON-FRI, next start Mon 23 Nov, 08:30 CET";
    expect(set).toEqual({ code: 0, stdout: "", stderr: `Autostart of web: ${schedule}\n` });
    expect((await belfry("workspaces", "autoupdate", "web", "always")).stderr).toBe(
      "Automatic updates of web: always. An autostart uses the template's active version.\n",
    );
    const { stdout } = await belfry("workspaces", "show", "web");
    expect(stdout).toContain(`Autostart: ${schedule}\n`);
    expect(stdout).toContain("Updates: automatic, at each autostart\n");
    const [wrong, zone, sometimes] = await Promise.all([
      autostart("25:00"),
      autostart("8:30", "--timezone", "Europe/Berlim"),
      belfry("workspaces", "autoupdate", "web", "sometimes"),
    ]);
    expect([wrong.code, zone.code, sometimes.code]).toEqual([1, 1, 2]);
    expect(wrong.stderr).toContain('invalid hour "25"');
    expect(zone.stderr).toContain('unknown time zone "Europe/Berlim"');
    expect((await autostart("off")).stderr).toBe("Autostart of web: off\n");
  });

  test("errors: an invalid name or parameter, an unknown template or preset, no access, a build in progress", async () => {
    const { server, belfry, belfryAs } = await open();
    const member = await addUser(server, "mia");
    const create = ["workspaces", "create", "web", "--template"];
    expect((await belfryAs(member.token, ...create, "docker")).code).toBe(0);
    const [name, template, none, parameter, preset, near, other, busy, version] = await Promise.all([
      belfry("workspaces", "show", "a/b/c"),
      belfry(...create, "dokcer"),
      belfry("workspaces", "create", "web"),
      belfry(...create, "docker", "--parameter", "size"),
      belfry(...create, "docker", "--preset", "Berlim"),
      belfryAs(member.token, "workspaces", "show", "wev"),
      belfryAs(member.token, "workspaces", "show", "ada/web"),
      belfry("workspaces", "stop", "mia/web"),
      belfry("workspaces", "update", "mia/web", "--version", "v0"),
    ]);
    expect([name.code, template.code, none.code, parameter.code, preset.code]).toEqual([2, 1, 2, 2, 1]);
    expect(parameter.stderr).toContain('--parameter: "size" is invalid, use NAME=VALUE');
    expect(preset.stderr).toContain('Did you mean "Berlin"?');
    expect(near.stderr).toContain('Did you mean "web"?');
    expect([other.code, busy.code]).toEqual([1, 1]);
    expect(busy.stderr).toContain("is pending");
    expect(version.stderr).toContain('Version "v0" not found.');
  });
});
