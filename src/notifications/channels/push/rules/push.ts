// What a push message says, whom it is for, and where it may be sent.
import { hash } from "node:crypto";
import { kinds, severityOf, type SeverityChoice } from "../../../kinds/kinds.ts";
import { toPlainText } from "../../../texts/rules/markdown.ts";

/** The push services of Chrome and Edge, Firefox, Safari, and Edge on Windows. */
export const knownServices =
  "fcm.googleapis.com,updates.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com";

/** Whether an endpoint is at one of these services: hosts, `*.` and a domain, or whole origins. */
export function isAllowedEndpoint(endpoint: string, services: readonly string[]): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname, port, origin, username } = new URL(endpoint);
  if (username !== "") return false;
  const isPlain = protocol === "https:" && port === "";
  return services.some((service) => {
    if (service.includes("://")) return service === origin;
    return isPlain && (service.startsWith("*.") ? hostname.endsWith(service.slice(1)) : hostname === service);
  });
}

const waitingKinds: readonly string[] = [
  kinds["task-idle"].id,
  kinds["agent-session-waiting"].id,
  kinds["agent-question"].id,
];

/** Kinds that are worth to be disturbed: warnings, and an agent that waits. */
export function isPushed(template: SeverityChoice): boolean {
  const severity = severityOf(template);
  return severity === "warning" || severity === "critical" || waitingKinds.includes(template.id);
}

export const isUrgent = (template: SeverityChoice): boolean => severityOf(template) === "critical";

const maxBodyLength = 300;

export interface PushContent {
  title: string;
  body: string;
  /** Path of the page that a press opens. */
  url: string;
  /** Later messages with the same tag replace this one. */
  tag: string;
}

/** What a browser shows. `inboxId`: of the notification in the inbox, if it is there. */
export function pushContent(
  { id, title, body, targets, template }: PushFacts,
  inboxId: string | undefined,
): PushContent {
  const text = toPlainText(body).trim();
  return {
    title: toPlainText(title),
    body: text.length > maxBodyLength ? `${text.slice(0, maxBodyLength - 1)}…` : text,
    url: inboxId === undefined ? "/inbox" : `/inbox?open=${inboxId}#n-${inboxId}`,
    tag: topicOf(targets.length === 0 ? id : [template.id, ...targets].join(" ")),
  };
}

export interface PushFacts {
  id: string;
  /** Markdown, both. */
  title: string;
  body: string;
  targets: readonly string[];
  template: { id: string };
}

/** At most 32 characters of base64url (RFC 8030 §5.4); it tells the push service nothing. */
const topicOf = (thing: string): string => hash("sha256", thing, "base64url").slice(0, 32);
