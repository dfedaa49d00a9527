// The whole way of drift: a pool, a claim that recreates a resource, the message, its snippet put into the template, a
// claim that does not. Done by OpenTofu or Terraform where one is installed, else by a stand-in.
import { expect, test } from "vitest";
import { real, realWords, standIn, startDaemon } from "../support/provisioner.ts";
import { signInFirst, startTestServer } from "../support/server.ts";
import { makeTar } from "../support/tar.ts";
import { agentTokenOf } from "../support/workspaces.ts";
import { storedEvents } from "../support/stored.ts";

/** What is named after the workspace is replaced on a claim; what holds the agents' token is not. */
const template = `
# plan: replace
variable "belfry_workspace_name" { type = string }
variable "belfry_agent_token" {
  type      = string
  sensitive = true
}
variable "size" { type = string }

resource "terraform_data" "workspace" {
  triggers_replace = { name = var.belfry_workspace_name }
}

resource "terraform_data" "token" {
  triggers_replace = [var.belfry_agent_token, var.size]
}

output "belfry" {
  value = { agents = [{ name = "main", apps = [] }] }
}
`;

/** Puts the snippet's `lifecycle` into the resource that it names, as a person would. */
function withFix(main: string, snippet: string): string {
  const [, head, lifecycle] = /^(resource "\w+" "\w+" \{)[\s\S]*?(^ {2}lifecycle \{[\s\S]*?^ {2}\})/m.exec(
    snippet,
  )!;
  return main.replace(head!, `${head}\n${lifecycle}`);
}

test(`The notification about a drifting claim contains a fix that works (with ${realWords})`, async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const ask = async <M extends string, P extends string>(method: M, path: P, json?: object) => {
    const answer = await server.call(method, `/api/v2${path}`, {
      token,
      ...(json === undefined ? {} : { json }),
    });
    expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300);
    return answer.json;
  };
  const { key } = await ask("POST", "/organizations/default/provisionerkeys", { name: "first" });
  const push = async (main: string, template_id?: string) => {
    const stored = await server.call("POST", "/api/v2/files", {
      token,
      body: makeTar([{ path: "./main.tf", content: main }]) as BodyInit,
      headers: { "content-type": "application/x-tar" },
    });
    const version = await ask("POST", "/organizations/default/templateversions", {
      file_id: stored.json.hash,
      template_id,
      parameters: [{ name: "size" }],
      presets: [{ name: "small", parameters: [{ name: "size", value: "s" }], prebuilds: { instances: 1 } }],
    });
    const [preset] = await ask("GET", `/templateversions/${version.id}/presets`);
    return { versionId: version.id, presetId: preset!.id };
  };
  const first = await push(template);
  const { id: templateId } = await ask("POST", "/organizations/default/templates", {
    name: "hello",
    template_version_id: first.versionId,
  });
  const place = { url: server.url, key: server.secret(key) };
  const daemon = await startDaemon(place, ["--terraform", real ?? (await standIn())]);

  /** Waits for the pool to be filled, claims from it, and answers the log of the claim. */
  const claim = async (name: string, { versionId, presetId }: { versionId: string; presetId: string }) => {
    await server.settled();
    const { workspaces } = await ask("GET", "/workspaces?q=owner:prebuilds");
    const prebuild = workspaces.find((one) => one.latest_build.template_version_id === versionId)!;
    await daemon.saying(`job ${prebuild.latest_build.id}: completed`);
    const workspaceId = prebuild.id;
    const lifecycle = { state: "ready" };
    const ready = await server.call("POST", "/api/v2/workspaceagents/me/report-lifecycle", {
      token: await agentTokenOf(server, workspaceId),
      json: lifecycle,
    });
    expect(ready.status).toBe(204);
    const made = await ask("POST", "/users/me/workspaces", {
      name,
      template_version_id: versionId,
      template_version_preset_id: presetId,
    });
    expect(made).toMatchObject({ id: workspaceId, latest_build: { reason: "prebuild_claim" } });
    await daemon.saying(`job ${made.latest_build.id}: completed`);
    await server.settled();
    // Its agent has nothing to report again.
    const claimed = await ask("GET", `/workspaces/${workspaceId}`);
    const agents = claimed.latest_build.resources.flatMap((resource) => resource.agents);
    expect(agents).toMatchObject([{ lifecycle_state: "ready" }]);
    return ask("GET", `/workspacebuilds/${made.latest_build.id}/logs`);
  };
  const messages = async () =>
    (await storedEvents(server))
      .filter(({ createdBy }) => createdBy === "prebuilds_reconciler")
      .map(({ data }) => data as { replacements: Record<string, string>; cure: string });

  const log = await claim("web", first);
  const outputs = log.map(({ output }) => output);
  const at = outputs.indexOf(
    "Claiming this prebuilt workspace destroys and recreates 1 resource, because these attributes change:",
  );
  expect(log.slice(at, at + 2)).toMatchObject([
    { log_level: "warn", stage: "Planning infrastructure" },
    { log_level: "warn", output: "- terraform_data.workspace: triggers_replace" },
  ]);
  // Terraform's own words come before.
  if (real !== undefined)
    expect(outputs.slice(0, at)).toContain("  # terraform_data.workspace must be replaced");
  const [message] = await messages();
  expect(message).toMatchObject({ replacements: { "terraform_data.workspace": "triggers_replace" } });

  const second = await push(withFix(template, message!.cure), templateId as string);
  await ask("PATCH", `/templates/${templateId}/versions`, { id: second.versionId });
  const quiet = await claim("other", second);
  expect(quiet.map(({ output }) => output).join("\n")).not.toMatch(/recreated|recreates|must be replaced/);
  expect(await messages()).toHaveLength(1);
  expect(await ask("GET", `/templates/${templateId}/drift`)).toMatchObject([
    { active: true, claims: 1, claims_hurt: 0 },
    { active: false, claims: 1, claims_hurt: 1 },
  ]);
});
