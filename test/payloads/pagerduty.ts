// PagerDuty's events, as its library has them. Its type asks for a payload of a resolution, too, which the API doesn't; and it
// doesn't have the members that name the sender.
import type { event } from "@pagerduty/pdjs";

type Event = Parameters<typeof event>[0]["data"];
interface Sender {
  client: string;
  client_url: string;
}
export type PagerDutyEvent =
  | (Event & Sender & { event_action: "trigger" })
  | (Omit<Event, "payload"> & { event_action: "resolve" });
