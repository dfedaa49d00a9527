// All commands of `belfry`, as one tree. Each noun is a file or a folder of this room.
import { accounts } from "./accounts.ts";
import * as backups from "./admin/backup.ts";
import { withEnvironmentFile } from "./admin/environment.ts";
import * as server from "./admin/commands.ts";
import * as agent from "./agent.ts";
import * as agentSessions from "./agent-sessions.ts";
import { answer } from "./questions/answer.ts";
import * as questions from "./questions/ask.ts";
import * as builds from "./builds.ts";
import { drift, templateDrift } from "./drift.ts";
import { exit, Failure } from "./failure.ts";
import { hook } from "./hooks/hook.ts";
import { install } from "./hooks/install.ts";
import { login, logout, whoami } from "./login.ts";
import { mcp } from "./mcp.ts";
import { notifications } from "./notifications/group.ts";
import { preferences } from "./preferences/group.ts";
import * as prebuilds from "./prebuilds.ts";
import * as provisionerKeys from "./provisioner/keys.ts";
import { start as startProvisioner } from "./provisioner/start.ts";
import { defineCommand, type Group } from "./rules/command.ts";
import { run } from "./run.ts";
import * as tasks from "./tasks.ts";
import * as templates from "./templates/manage.ts";
import { push } from "./templates/push.ts";
import { notificationRules } from "./notification-rules.ts";
import * as receivers from "./receivers.ts";
import * as sourcePeople from "./source-people.ts";
import * as sources from "./sources.ts";
import { situations } from "./situations.ts";
import { waiting } from "./waiting.ts";
import { autostart, autoupdate } from "./workspaces/autostart.ts";
import * as workspaceBuilds from "./workspaces/build.ts";
import * as workspaces from "./workspaces/list.ts";
import { restart } from "./workspaces/restart.ts";
import { cancel, retry } from "./workspaces/retry.ts";

/** For its help and for wrong options: `launch.js` starts the server when `serve` stands alone. */
const serve = defineCommand({
  name: "serve",
  summary: "Start the Belfry server",
  isLocal: true,
  details: [
    "Configure it with environment variables: BELFRY_DATABASE_URL, BELFRY_HTTP_ADDRESS, BELFRY_ACCESS_URL and others, listed",
    "at /docs/administration/configuration of every server. At startup it reports any that are missing or invalid.",
  ],
  examples: ["belfry serve", "BELFRY_HTTP_ADDRESS=127.0.0.1:5000 belfry serve"],
  options: {},
  run: async () => {
    throw new Failure(exit.usage, "serve takes no options. Configure it by environment variables.");
  },
});

const provisioner: Group = {
  name: "provisioner",
  summary: "Run the provisioner daemon and manage its keys",
  commands: [
    startProvisioner,
    provisionerKeys.key,
    {
      name: "keys",
      summary: "Create, list and revoke provisioner keys",
      commands: [provisionerKeys.createKey, provisionerKeys.listKeys, provisionerKeys.deleteKey],
    },
  ],
};

export const commands: Group = {
  name: "belfry",
  summary: "Belfry notifies people about their workspaces, templates and accounts.",
  commands: [
    serve,
    login,
    logout,
    whoami,
    run,
    drift,
    notifications,
    preferences,
    waiting,
    answer,
    situations,
    provisioner,
    {
      name: "templates",
      aliases: ["template"],
      summary: "Manage workspace templates",
      commands: [
        templates.list,
        push,
        templates.activate,
        templates.deprecate,
        templateDrift,
        templates.remove,
      ],
    },
    {
      name: "prebuilds",
      aliases: ["prebuild"],
      summary: "Manage prebuilt workspaces",
      commands: [prebuilds.plan, prebuilds.list, prebuilds.reconcile, prebuilds.pause, prebuilds.resume],
    },
    {
      name: "workspaces",
      aliases: ["workspace"],
      summary: "Create, start, stop and update workspaces, and show their logs",
      commands: [
        workspaces.list,
        workspaces.show,
        workspaceBuilds.create,
        workspaceBuilds.start,
        workspaceBuilds.stop,
        restart,
        workspaceBuilds.update,
        retry,
        cancel,
        autostart,
        autoupdate,
        workspaceBuilds.remove,
        workspaces.logs,
      ],
    },
    {
      name: "tasks",
      aliases: ["task"],
      summary: "Create, list and stop AI tasks",
      commands: [tasks.list, tasks.show, tasks.create, tasks.stop, tasks.remove],
    },
    {
      name: "builds",
      aliases: ["build"],
      summary: "Wait for builds of workspaces",
      commands: [builds.wait],
    },
    {
      name: "agent",
      summary: "Report what AI agents do, ask their user, install their hooks, report a workspace's status",
      commands: [
        agentSessions.set,
        agentSessions.list,
        questions.ask,
        questions.wait,
        questions.withdraw,
        hook,
        install,
        agent.ready,
        agent.status,
      ],
    },
    mcp,
    {
      name: "receivers",
      aliases: ["receiver"],
      summary: "Manage receivers: chats, pagers and webhooks that get notifications",
      commands: [
        receivers.list,
        receivers.create,
        receivers.update,
        receivers.preview,
        receivers.rotate,
        receivers.test,
        receivers.remove,
      ],
    },
    notificationRules,
    {
      name: "sources",
      aliases: ["source"],
      summary: "Manage sources: Coder deployments that send their notifications to Belfry",
      commands: [
        sources.list,
        sources.create,
        sources.rotate,
        sources.enable,
        sources.disable,
        sources.remove,
        {
          name: "people",
          summary: "Manage unknown and pinned people of a source",
          commands: [sourcePeople.list, sourcePeople.pin, sourcePeople.forget],
        },
      ],
    },
    ...accounts,
    {
      name: "admin",
      summary: "Administer the server on its own machine: checks, backups, passwords",
      isLocal: true,
      commands: [
        server.doctor,
        backups.backup,
        backups.restore,
        server.migrate,
        server.resetPassword,
        server.acceptKey,
      ].map(withEnvironmentFile),
    },
  ],
};
