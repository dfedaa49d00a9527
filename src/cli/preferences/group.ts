// belfry preferences: its commands.
import type { Group } from "../rules/command.ts";
import { quietHours } from "./quiet-hours.ts";

export const preferences: Group = {
  name: "preferences",
  aliases: ["prefs"],
  summary: "Choose which notifications you get, how and when",
  commands: [quietHours],
};
