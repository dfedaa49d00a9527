// What routes and pages of notification templates share: who may change them, the audit entry, and the reader of a preview.
import { audit } from "../accounts/audit.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import type { Config } from "../config/config.ts";
import type { Ctx } from "../http/endpoint.ts";
import type { Channel } from "../notifications/channels/channel.ts";
import { channels, type Method } from "../notifications/channels/index.ts";
import type { AuditNote } from "../notifications/texts/templates.ts";

export const onlyOwners = {
  permission: "deployment:manage",
  deniedMessage: "Only owners can change notification templates and their channels.",
} as const;

export const noteOfTemplate =
  (c: Ctx, actor: Actor, id: string): AuditNote =>
  (entry, when) =>
    audit(
      c.get("deps"),
      {
        ...entry,
        actorId: actor.userId,
        resourceType: "notification_template",
        resourceId: id,
      },
      when,
    );

export const toReader = ({ userId, username, name, email }: Actor) => ({
  id: userId,
  username,
  name: name === "" ? username : name,
  email,
});

/** A channel can be chosen before it is set up; the response says so. */
export function missingFor(method: Method, { notifications }: Config): string {
  const channel: Channel = channels[method];
  const settings = notifications.channels[method];
  if (settings === undefined)
    return ` ${channel.label} is not set up yet: set ${channel.needs.join(" and ")}.`;
  return channel.isOn(settings)
    ? ""
    : ` ${channel.label} is off for everything else: set ${channel.needs.join(" and ")}.`;
}
