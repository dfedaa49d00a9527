// What tests of agents begin with: a running workspace whose build is an AI task, and the calls of its agent.
import type { TestServer, TestServerOptions } from "./server.ts";
import { addUser, signInFirst, startTestServer } from "./server.ts";
import { addProvisioner, addTemplate, agentTokenOf } from "./workspaces.ts";

const agentOf = (name: string, ...slugs: string[]) => ({ name, apps: slugs.map((slug) => ({ slug })) });

export interface TaskOptions {
  server?: TestServerOptions;
  hasAiTask?: boolean;
  prompt?: string;
  agents?: ReturnType<typeof agentOf>[];
  /** `null`: the provisioner names no app. */
  sidebarApp?: string | null;
}

export const taskAgents = [agentOf("main", "claude", "logs")];
export const twoAgents = [agentOf("main", "claude"), agentOf("side", "logs")];

/** A member `mia` has a workspace `fix-bug` that runs. */
export async function startTask(options: TaskOptions = {}) {
  const server = await startTestServer(options.server);
  const { token, userId } = await signInFirst(server);
  const member = await addUser(server, "mia");
  const { templateId } = await addTemplate(server, userId, "agents", {
    hasAiTask: options.hasAiTask ?? true,
  });
  const provisioner = await addProvisioner(server, userId, "one");
  const made = await server.call("POST", "/api/v2/users/me/workspaces", {
    token: member.token,
    json: { name: "fix-bug", template_id: templateId },
  });
  const workspaceId = made.json.id;
  const { sidebarApp = "claude", prompt = "Fix the bug in the parser" } = options;
  const completion = {
    resources: [{ type: "docker_container", name: "dev", agents: options.agents ?? taskAgents }],
    ai_task: { prompt, ...(sidebarApp === null ? {} : { sidebar_app_slug: sidebarApp }) },
  };
  const finish = async () => {
    const { json } = await provisioner.acquire();
    await provisioner.job("POST", json.job_id, "complete", completion);
  };
  await finish();
  const agentToken = await agentTokenOf(server, workspaceId);
  return {
    server,
    token,
    userId,
    member,
    templateId,
    workspaceId,
    agentToken,
    /** Does the job that waits. */
    finish,
    provisioner,
    build: (transition: string) =>
      server.call("POST", `/api/v2/workspaces/${workspaceId}/builds`, {
        token: member.token,
        json: { transition },
      }),
    workspace: async () =>
      (await server.call("GET", `/api/v2/workspaces/${workspaceId}`, { token: member.token })).json,
    /** Titles of what the member was notified of, oldest first; also of items that a newer one stands for. */
    notified: async () =>
      (
        await server.sql(
          `SELECT title FROM inbox_notifications WHERE user_id = '${member.userId}' ORDER BY seq`,
        )
      ).map(({ title }) => String(title)),
    ...agentCalls(server, agentToken),
  };
}

export const agentCalls = (server: TestServer, token: string) => ({
  lifecycle: (state: string, more: object = {}, as = token) =>
    server.call("POST", "/api/v2/workspaceagents/me/report-lifecycle", {
      token: as,
      json: { state, ...more },
    }),
  status: (state: string, message = "", more: object = {}, as = token) =>
    server.call("PATCH", "/api/v2/workspaceagents/me/app-status", {
      token: as,
      json: { app_slug: "claude", state, message, ...more },
    }),
});
