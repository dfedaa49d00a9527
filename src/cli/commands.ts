// All commands of `belfry`, as one tree. Each noun is a file or a folder of this room.
import * as backups from "./admin/backup.ts";
import * as server from "./admin/commands.ts";
import * as agent from "./agent.ts";
import * as agentSessions from "./agent-sessions.ts";
import * as builds from "./builds.ts";
import { drift, templateDrift } from "./drift.ts";
import { exit, Failure } from "./failure.ts";
import { login, logout, whoami } from "./login.ts";
import * as deliveryActs from "./notifications/delivery-acts.ts";
import * as deliveries from "./notifications/deliveries.ts";
import { edit } from "./notifications/edit-template.ts";
import * as inbox from "./notifications/inbox.ts";
import { mute, mutes, unmute } from "./notifications/mutes.ts";
import { snooze } from "./notifications/snooze.ts";
import * as send from "./notifications/send.ts";
import * as choices from "./notifications/template-choices.ts";
import * as texts from "./notifications/templates.ts";
import * as prebuilds from "./prebuilds.ts";
import * as provisionerKeys from "./provisioner/keys.ts";
import { start as startProvisioner } from "./provisioner/start.ts";
import { defineCommand, type Group } from "./rules/command.ts";
import { run } from "./run.ts";
import * as tasks from "./tasks.ts";
import * as templates from "./templates/manage.ts";
import { push } from "./templates/push.ts";
import * as sessions from "./sessions.ts";
import * as sources from "./sources.ts";
import * as tokens from "./tokens.ts";
import * as users from "./users.ts";
import { situations } from "./situations.ts";
import { waiting } from "./waiting.ts";
import { autostart, autoupdate } from "./workspaces/autostart.ts";
import * as workspaceBuilds from "./workspaces/build.ts";
import * as workspaces from "./workspaces/list.ts";
import { restart } from "./workspaces/restart.ts";

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

const notifications: Group = {
  name: "notifications",
  aliases: ["notification"],
  summary: "Send and list notifications, manage delivery and templates",
  commands: [
    send.custom,
    inbox.list,
    inbox.show,
    inbox.read,
    inbox.done,
    snooze,
    mute,
    mutes,
    unmute,
    send.test,
    deliveries.pause,
    deliveries.resume,
    deliveries.explain,
    deliveryActs.retry,
    deliveryActs.withdraw,
    {
      name: "templates",
      aliases: ["template"],
      summary: "Manage notification templates and their versions",
      commands: [
        texts.list,
        texts.versions,
        texts.activate,
        texts.preview,
        edit,
        choices.channel,
        choices.setDefault,
        choices.disable,
        choices.enable,
      ],
    },
  ],
};

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
    waiting,
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
      summary: "Report what an AI agent is doing, list your agents, report a workspace's status",
      commands: [agentSessions.set, agentSessions.list, agent.ready, agent.status],
    },
    {
      name: "tokens",
      aliases: ["token"],
      summary: "Manage your tokens for scripts",
      commands: [tokens.create, tokens.list, tokens.remove],
    },
    {
      name: "sessions",
      aliases: ["session"],
      summary: "See where you are signed in, and sign out elsewhere",
      commands: [sessions.list, sessions.end],
    },
    {
      name: "sources",
      aliases: ["source"],
      summary: "Manage sources: Coder deployments that send their notifications to Belfry",
      commands: [sources.list, sources.create, sources.rotate, sources.remove],
    },
    {
      name: "users",
      aliases: ["user"],
      summary: "Manage users",
      commands: [users.create, users.list, users.roles, users.suspend, users.activate, users.resetPassword],
    },
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
      ],
    },
  ],
};
