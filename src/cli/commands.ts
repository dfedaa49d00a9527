// All commands of `belfry`, as one tree.
import { admin } from "./admin/admin.ts";
import { ready } from "./agent/ready.ts";
import { status } from "./agent/status.ts";
import { wait as waitForBuild } from "./builds/wait.ts";
import { drift } from "./drift.ts";
import { exit, Failure } from "./failure.ts";
import { login } from "./login.ts";
import { logout } from "./logout.ts";
import { custom } from "./notifications/custom.ts";
import { explain } from "./notifications/explain.ts";
import { list as listNotifications } from "./notifications/list.ts";
import { pause, resume } from "./notifications/pause.ts";
import { read } from "./notifications/read.ts";
import { retry } from "./notifications/retry.ts";
import { activate as activateTemplate } from "./notifications/templates/activate.ts";
import { edit } from "./notifications/templates/edit.ts";
import { list as listTemplates } from "./notifications/templates/list.ts";
import { preview } from "./notifications/templates/preview.ts";
import { versions } from "./notifications/templates/versions.ts";
import { test } from "./notifications/test.ts";
import { list as listPools } from "./prebuilds/list.ts";
import { pause as pausePools, resume as resumePools } from "./prebuilds/pause.ts";
import { plan as planPools } from "./prebuilds/plan.ts";
import { reconcile as reconcilePools } from "./prebuilds/reconcile.ts";
import { createKey, key as provisionerKey } from "./provisioner/key.ts";
import { listKeys } from "./provisioner/keys/list.ts";
import { deleteKey } from "./provisioner/keys/remove.ts";
import { start as startProvisioner } from "./provisioner/start.ts";
import { defineCommand, type Group } from "./rules/command.ts";
import { run } from "./run.ts";
import { create as createTask, remove as removeTask, stop as stopTask } from "./tasks/change.ts";
import { list as listTasks, show as showTask } from "./tasks/list.ts";
import { activate as activateVersion } from "./templates/activate.ts";
import { deprecate } from "./templates/deprecate.ts";
import { drift as templateDrift } from "./templates/drift.ts";
import { list as listWorkspaceTemplates } from "./templates/list.ts";
import { push } from "./templates/push.ts";
import { remove as removeTemplate } from "./templates/remove.ts";
import { create as createToken } from "./tokens/create.ts";
import { list as listTokens } from "./tokens/list.ts";
import { remove } from "./tokens/remove.ts";
import { create as createUser } from "./users/create.ts";
import { list as listUsers } from "./users/list.ts";
import { resetPassword } from "./users/reset-password.ts";
import { roles } from "./users/roles.ts";
import { activate, suspend } from "./users/suspend.ts";
import { whoami } from "./whoami.ts";
import { autostart, autoupdate } from "./workspaces/autostart.ts";
import { remove as removeWorkspace, start, stop, update } from "./workspaces/build.ts";
import { create as createWorkspace } from "./workspaces/create.ts";
import { list as listWorkspaces } from "./workspaces/list.ts";
import { logs } from "./workspaces/logs.ts";
import { show } from "./workspaces/show.ts";

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
    {
      name: "notifications",
      aliases: ["notification"],
      summary: "Send them, see them, hold them back, find out what became of them",
      commands: [
        custom,
        listNotifications,
        read,
        test,
        pause,
        resume,
        explain,
        retry,
        {
          name: "templates",
          aliases: ["template"],
          summary: "What notifications say, in versions",
          commands: [listTemplates, versions, activateTemplate, preview, edit],
        },
      ],
    },
    {
      name: "provisioner",
      summary: "Do the builds of workspaces",
      commands: [
        startProvisioner,
        provisionerKey,
        {
          name: "keys",
          summary: "Create, list and revoke provisioner keys",
          commands: [createKey, listKeys, deleteKey],
        },
      ],
    },
    {
      name: "templates",
      aliases: ["template"],
      summary: "What workspaces are made from",
      commands: [listWorkspaceTemplates, push, activateVersion, deprecate, templateDrift, removeTemplate],
    },
    {
      name: "prebuilds",
      aliases: ["prebuild"],
      summary: "Pools of workspaces that are ready before somebody needs one",
      commands: [planPools, listPools, reconcilePools, pausePools, resumePools],
    },
    {
      name: "workspaces",
      aliases: ["workspace"],
      summary: "Make them, start and stop them, see what their builds say",
      commands: [
        listWorkspaces,
        show,
        createWorkspace,
        start,
        stop,
        update,
        autostart,
        autoupdate,
        removeWorkspace,
        logs,
      ],
    },
    {
      name: "tasks",
      aliases: ["task"],
      summary: "Create AI tasks, list them, see their state",
      commands: [listTasks, showTask, createTask, stopTask, removeTask],
    },
    {
      name: "builds",
      aliases: ["build"],
      summary: "Runs of workspaces' templates",
      commands: [waitForBuild],
    },
    {
      name: "agent",
      summary: "What runs in a workspace says how it is, from inside",
      commands: [ready, status],
    },
    {
      name: "tokens",
      aliases: ["token"],
      summary: "Keys for scripts",
      commands: [createToken, listTokens, remove],
    },
    {
      name: "users",
      aliases: ["user"],
      summary: "Accounts, for administrators",
      commands: [createUser, listUsers, roles, suspend, activate, resetPassword],
    },
    admin,
  ],
};
