// The whole way as people go it, every step a process of its own: a template that is pushed, a provisioner that does the
// builds, an update and who hears of it, and a server that is killed in the middle of a build.
import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freePort, run, startProgram, temporaryFolder } from "../support/program.ts";
import { script, startDaemon } from "../support/provisioner.ts";
import { callServer, owner } from "../support/server.ts";

async function startDeployment() {
  const folder = await temporaryFolder();
  const variables = {
    BELFRY_DATABASE_URL: `file:${join(folder, "data", "belfry.db")}`,
    BELFRY_HTTP_ADDRESS: `127.0.0.1:${await freePort()}`,
  };
  const server = await startProgram(variables);
  const { url } = server;
  await callServer(url, "POST", "/api/v2/users/first", { json: owner });
  const signIn = async (email: string, password: string) =>
    (await callServer(url, "POST", "/api/v2/users/login", { json: { email, password } })).json
      .session_token as string;
  const ada = await signIn(owner.email, owner.password);
  const as =
    (token: string) =>
    (...words: string[]) =>
      run(words, {
        environment: { BELFRY_CONFIG_DIR: folder, BELFRY_URL: url, BELFRY_SESSION_TOKEN: token },
      });
  /** What somebody heard of the workspace; accounts make news of their own. */
  const inboxOf = async (token: string) => {
    const { json } = await callServer(url, "GET", "/api/v2/notifications/inbox", { token });
    return json.notifications.map(({ title }) => title);
  };
  return { folder, variables, server, url, ada, as, signIn, inboxOf };
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

test("push, provision, create, push again, update, delete: each hears of it once, though the server is killed in the middle", async () => {
  const { folder, variables, server, url, ada, as, signIn, inboxOf } = await startDeployment();
  const belfry = as(ada);
  const say = async (...words: string[]) => {
    const { code, stdout, stderr } = await belfry(...words);
    expect([words.join(" "), code, stderr]).toEqual([words.join(" "), 0, expect.any(String)]);
    return stdout + stderr;
  };
  const someone = "--email tess@example.com --username tess --role template-admin --generate-password";
  const made = await belfry("users", "create", ...someone.split(" "));
  const tess = await signIn("tess@example.com", made.stdout.trim());
  const template = join(folder, "docker");
  await mkdir(template);
  const push = async (name: string) => {
    await writeFile(join(template, "belfry.json"), JSON.stringify({ message: `This is ${name}` }));
    return say("templates", "push", template, "--version-name", name);
  };
  await push("v1");
  const key = (await belfry("provisioner", "key", "rack-1")).stdout.trim();
  // A deletion waits for a file, so that there is a middle to be killed in.
  const [begun, gate] = [join(folder, "begun"), join(folder, "gate")];
  const file = await script(
    [
      `job=$(cat); echo "$job" | grep -o '"transition":"[a-z]*"'`,
      `case "$job" in *'"transition":"delete"'*) touch ${begun}; while [ ! -e ${gate} ]; do sleep 0.1; done;; esac`,
      `echo '{"resources":[{"type":"box","name":"dev","agents":[{"name":"main","apps":[{"slug":"ide"}]}]}]}'`,
    ].join("\n"),
  );
  const daemon = await startDaemon({ url, key }, ["--exec", file, "--name", "rack-1"]);

  expect(await say("workspaces", "create", "web", "--template", "docker", "--wait")).toContain(
    "Build 1 of web (start) succeeded.",
  );
  expect(await push("v2")).toContain("Created version v2 of docker, now active.");
  const updated = await say("workspaces", "update", "web", "--wait");
  expect(updated).toContain("Notified: you and 1 administrator.");
  expect(updated).toContain("Build 2 of web (start) succeeded.");
  const before = ["Your workspace web is being updated to v2", "Account tess was created"];
  expect(await inboxOf(ada)).toEqual(before);
  expect(await inboxOf(tess)).toEqual(["ada's workspace web is being updated to v2"]);
  expect(await say("workspaces", "logs", "web")).toContain('"transition":"start"');

  expect(await say("workspaces", "stop", "web", "--wait")).toContain("Build 3 of web (stop) succeeded.");
  expect(await say("workspaces", "show", "web")).toContain("Status: stopped");
  const deleting = as(tess)("workspaces", "delete", "ada/web", "--wait");
  while (!(await exists(begun))) await new Promise((resolve) => setTimeout(resolve, 20));
  await server.kill("SIGKILL");
  await startProgram(variables);
  await writeFile(gate, "");
  const { code, stderr } = await deleting;
  expect([code, stderr]).toEqual([0, expect.stringContaining("Build 4 of web (delete) succeeded.")]);
  expect(await say("workspaces", "list")).not.toContain("web");
  expect(await inboxOf(ada)).toEqual(["Your workspace web was deleted", ...before]);

  await say("templates", "delete", "docker");
  expect(await inboxOf(tess)).toEqual([
    "Template deleted: docker",
    "ada's workspace web is being updated to v2",
  ]);
  daemon.kill("SIGTERM");
  expect((await daemon.ended).code).toBe(0);
});
