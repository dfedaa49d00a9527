// All commands of `belfry`, as one tree. Each noun is a file or a folder of this room.
import * as backups from "./admin/backup.ts";
import * as server from "./admin/commands.ts";
import * as agent from "./agent.ts";
import * as builds from "./builds.ts";
import { drift, templateDrift } from "./drift.ts";
import { exit, Failure } from "./failure.ts";
import { login, logout, whoami } from "./login.ts";
import * as deliveries from "./notifications/deliveries.ts";
import { edit } from "./notifications/edit.ts";
import * as inbox from "./notifications/inbox.ts";
import * as send from "./notifications/send.ts";
import * as texts from "./notifications/templates.ts";
import * as prebuilds from "./prebuilds.ts";
import * as provisionerKeys from "./provisioner/keys.ts";
import { start as startProvisioner } from "./provisioner/start.ts";
import { defineCommand, type Group } from "./rules/command.ts";
import { run } from "./run.ts";
import * as tasks from "./tasks.ts";
import * as templates from "./templates/manage.ts";
import { push } from "./templates/push.ts";
import * as tokens from "./tokens.ts";
import * as users from "./users.ts";
import { autostart, autoupdate } from "./workspaces/autostart.ts";
import * as workspaceBuilds from "./workspaces/build.ts";
import * as workspaces from "./workspaces/list.ts";

/** For its help and for wrong options: `launch.js` starts the server when `serve` stands alone. */
const serve = defineCommand({
  name: "serve",
  summary: "Start Belfry on this machine, as npm start does",
  details: ["It takes no options: environment variables set it up, and it says which it needs."],
  examples: ["belfry serve", "BELFRY_HTTP_ADDRESS=127.0.0.1:5000 belfry serve"],
  options: {},
  run: async () => {
    throw new Failure(exit.usage, "serve takes no options.", "Environment variables set it up.");
  },
});

const notifications: Group = {
  name: "notifications",
  aliases: ["notification"],
  summary: "Send them, see them, hold them back, find out what became of them",
  commands: [
    send.custom,
    inbox.list,
    inbox.read,
    send.test,
    deliveries.pause,
    deliveries.resume,
    deliveries.explain,
    deliveries.retry,
    {
      name: "templates",
      aliases: ["template"],
      summary: "What notifications say, in versions",
      commands: [texts.list, texts.versions, texts.activate, texts.preview, edit],
    },
  ],
};

const provisioner: Group = {
  name: "provisioner",
  summary: "Do the builds of workspaces",
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
  summary: "Belfry tells people when something has happened to their workspaces.",
  commands: [
    serve,
    login,
    logout,
    whoami,
    run,
    drift,
    notifications,
    provisioner,
    {
      name: "templates",
      aliases: ["template"],
      summary: "What workspaces are made from",
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
      summary: "Pools of workspaces that are ready before somebody needs one",
      commands: [prebuilds.plan, prebuilds.list, prebuilds.reconcile, prebuilds.pause, prebuilds.resume],
    },
    {
      name: "workspaces",
      aliases: ["workspace"],
      summary: "Make them, start and stop them, see what their builds say",
      commands: [
        workspaces.list,
        workspaces.show,
        workspaceBuilds.create,
        workspaceBuilds.start,
        workspaceBuilds.stop,
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
      summary: "Create AI tasks, list them, see their state",
      commands: [tasks.list, tasks.show, tasks.create, tasks.stop, tasks.remove],
    },
    {
      name: "builds",
      aliases: ["build"],
      summary: "Runs of workspaces' templates",
      commands: [builds.wait],
    },
    {
      name: "agent",
      summary: "What runs in a workspace says how it is, from inside",
      commands: [agent.ready, agent.status],
    },
    {
      name: "tokens",
      aliases: ["token"],
      summary: "Keys for scripts",
      commands: [tokens.create, tokens.list, tokens.remove],
    },
    {
      name: "users",
      aliases: ["user"],
      summary: "Accounts, for administrators",
      commands: [users.create, users.list, users.roles, users.suspend, users.activate, users.resetPassword],
    },
    {
      name: "admin",
      summary: "For the server's own machine: copies, locked doors, what is wrong",
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
