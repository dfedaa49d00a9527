// PagerDuty: Events API v2. What is the matter triggers an incident, and its end resolves the same.
import type { event as sendEvent } from "@pagerduty/pdjs";
import { toPlainText } from "../../../texts/rules/markdown.ts";
import {
  cutText,
  pagingSeverities,
  type ReceiverMessage,
  type ReceiverRequest,
  type ReceiverTarget,
} from "../message.ts";

export const maxSummaryLength = 1_024;
const maxDetailsLength = 20_000;

/** The library asks for a payload of a resolution, too, which the API doesn't; and it lacks the members that name the sender. */
type Event = Parameters<typeof sendEvent>[0]["data"];
type PagerDutyEvent =
  | (Event & { event_action: "trigger"; client: string; client_url: string })
  | (Omit<Event, "payload"> & { event_action: "resolve" });

export function renderPagerDuty(message: ReceiverMessage, target: ReceiverTarget): ReceiverRequest {
  const { key, isResolved, title, severity, body, facts, actions, at, kind, link } = message;
  const about = { routing_key: target.secrets[0] ?? "", dedup_key: key };
  const event: PagerDutyEvent = isResolved
    ? { ...about, event_action: "resolve" }
    : {
        ...about,
        event_action: "trigger",
        payload: {
          summary: cutText(title, maxSummaryLength),
          source: new URL(link).host,
          severity: pagingSeverities[severity],
          timestamp: new Date(at).toISOString(),
          class: kind,
          custom_details: {
            text: cutText(toPlainText(body), maxDetailsLength),
            ...Object.fromEntries(facts),
          },
        },
        client: "Belfry",
        client_url: link,
        links: actions.map(({ label, url }) => ({ href: url, text: label })),
      };
  return {
    url: target.address,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(event),
  };
}
