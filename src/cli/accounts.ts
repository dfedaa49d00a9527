// The commands of accounts: tokens and sessions of one's own, users, and groups of them.
import { groups } from "./groups.ts";
import * as passwords from "./passwords.ts";
import type { Group } from "./rules/command.ts";
import * as sessions from "./sessions.ts";
import * as tokens from "./tokens.ts";
import * as users from "./users.ts";

export const accounts: Group[] = [
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
    name: "users",
    aliases: ["user"],
    summary: "Manage users",
    commands: [
      users.create,
      users.list,
      users.roles,
      users.suspend,
      users.activate,
      users.remove,
      passwords.setPassword,
      passwords.resetPassword,
    ],
  },
  groups,
];
