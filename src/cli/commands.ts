// All commands of `belfry`, as one tree.
import { exit, Failure } from "./failure.ts";
import { login } from "./login.ts";
import { logout } from "./logout.ts";
import { custom } from "./notifications/custom.ts";
import { list as listNotifications } from "./notifications/list.ts";
import { pause, resume } from "./notifications/pause.ts";
import { read } from "./notifications/read.ts";
import { test } from "./notifications/test.ts";
import { defineCommand, type Group } from "./rules/command.ts";
import { run } from "./run.ts";
import { create as createToken } from "./tokens/create.ts";
import { list as listTokens } from "./tokens/list.ts";
import { remove } from "./tokens/remove.ts";
import { create as createUser } from "./users/create.ts";
import { list as listUsers } from "./users/list.ts";
import { activate, suspend } from "./users/suspend.ts";
import { whoami } from "./whoami.ts";

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
    {
      name: "notifications",
      aliases: ["notification"],
      summary: "Send them, see them, hold them back",
      commands: [custom, listNotifications, read, test, pause, resume],
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
      commands: [createUser, listUsers, suspend, activate],
    },
  ],
};
