// The commands for the server's own machine: they read the server's environment and open its database themselves.
import type { Group } from "../rules/command.ts";
import { acceptKey } from "./accept-key.ts";
import { backup } from "./backup.ts";
import { doctor } from "./doctor.ts";
import { migrate } from "./migrate.ts";
import { resetPassword } from "./reset-password.ts";
import { restore } from "./restore.ts";

export const admin: Group = {
  name: "admin",
  summary: "For the server's own machine: copies, locked doors, what is wrong",
  commands: [doctor, backup, restore, migrate, resetPassword, acceptKey],
};
