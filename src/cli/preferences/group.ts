// belfry preferences: its commands.
import type { Group } from "../rules/command.ts";
import { mute, mutes, unmute } from "../notifications/mutes.ts";
import { ownActions } from "../notifications/settings.ts";
import { reset, set, show } from "./channels.ts";
import { chats } from "./chats.ts";
import { digest } from "./digest.ts";
import { onlyNeedsMe } from "./only-needs-me.ts";
import { quietHours } from "./quiet-hours.ts";

export const preferences: Group = {
  name: "preferences",
  aliases: ["prefs"],
  summary: "Choose which notifications you get, how and when",
  commands: [show, set, reset, onlyNeedsMe, quietHours, digest, chats, ownActions, mute, mutes, unmute],
};
