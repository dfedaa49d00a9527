// Mutes what a notification of somebody's inbox is about.
import type { MuteThing } from "../../../db/schema.ts";
import { conflict, invalid, notFound } from "../../kernel/errors.ts";
import type { InboxRow } from "../inbox/store/inbox.ts";
import { mutableFor } from "../outbox/rules/mutes.ts";

/** What can be muted of it, most specific first. */
export const mutableOf = ({
  templateId,
  targets,
  why,
}: Pick<InboxRow, "templateId" | "targets" | "why">): readonly MuteThing[] =>
  mutableFor({ templateId, targets: JSON.parse(targets) as string[] }, why?.split(" ") ?? []);

/** `wanted`: undefined for the most specific. Throws 404 without the notification, and 400 for what it isn't about. */
export function thingToMute(item: InboxRow | undefined, wanted: string | undefined): MuteThing {
  if (item === undefined) throw notFound("Notification");
  const things = mutableOf(item);
  const thing = wanted === undefined ? things[0] : things.find((one) => one === wanted);
  if (thing !== undefined) return thing;
  if (things.length === 0) throw invalid("thing", "this notification is about nothing that can be muted");
  throw invalid("thing", `this notification can mute only its ${things.join(" or ")}`);
}

export const isGone = (thing: MuteThing) => conflict(`The ${thing} no longer exists.`, "Nothing was muted.");
