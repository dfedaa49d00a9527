// belfry notifications: its commands.
import type { Group } from "../rules/command.ts";
import { custom } from "./custom.ts";
import * as deliveryActs from "./delivery-acts.ts";
import * as deliveries from "./deliveries.ts";
import { edit } from "./edit-template.ts";
import * as inbox from "./inbox.ts";
import { mute, mutes, unmute } from "./mutes.ts";
import * as settings from "./settings.ts";
import { senders } from "./senders.ts";
import { snooze } from "./snooze.ts";
import * as send from "./send.ts";
import * as choices from "./template-choices.ts";
import * as texts from "./templates.ts";

export const notifications: Group = {
  name: "notifications",
  aliases: ["notification"],
  summary: "Send and list notifications, manage delivery and templates",
  commands: [
    custom,
    senders,
    inbox.list,
    inbox.show,
    inbox.read,
    inbox.done,
    snooze,
    mute,
    mutes,
    unmute,
    settings.settings,
    settings.ownActions,
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
        choices.setSeverity,
        choices.setDefault,
        choices.disable,
        choices.enable,
      ],
    },
  ],
};
