// Prepares an event before it is written: who gets it, by which channel, why, and what each inbox shows.
import type { Answers } from "../../../db/client.ts";
import type { Action } from "../../../db/schema.ts";
import type { Deps } from "../../kernel/deps.ts";
import { ApiError } from "../../kernel/errors.ts";
import { traceparentOf } from "../../kernel/rules/trace.ts";
import type { OutboxRows } from "../../kernel/ports.ts";
import { planChannels } from "../channels/index.ts";
import { renderOrFallback, withoutTemplate, type Rendered, type RenderInput } from "../texts/rules/render.ts";
import { asksForFacts, parseRules, withOwnRules } from "../routing/rules/rule.ts";
import type { ThingFacts } from "../routing/rules/facts.ts";
import { parseReceivers } from "../receivers/rules/plan.ts";
import { toStoredRule } from "./rules/absence.ts";
import { planDeliveries } from "./rules/delivery-plan.ts";
import { planEscalation } from "./rules/escalation-plan.ts";
import { duplicateWindows, identityOf } from "./rules/duplicates.ts";
import type { DeliveryPlan, PlanOptions } from "./rules/plan.ts";
import { countOffByDefault, effectiveRule } from "./rules/off-by-default.ts";
import { ownAction, recipientReasons } from "./rules/reasons.ts";
import { chooseRecipients, type RecipientRule } from "./rules/recipients.ts";
import { ofOrganization } from "./store/outbox.ts";
import { findRecipients, type Audience } from "./store/recipients.ts";
import { findTemplateToSend, type TemplateToSend } from "./store/template.ts";

/** Something that happened, once. */
export interface NotificationEvent {
  labels: Record<string, string>;
  /** At most 256 kB as JSON. */
  data: Record<string, unknown> | null;
  /** UUIDs of what it is about. */
  targets: string[];
  /** The one of them that it is mainly about; without it, the first. */
  thing?: string;
  /** Names of what it is about, for filters. */
  facts?: ThingFacts | undefined;
  /** The producer: its name, or a user's id. */
  createdBy: string;
  /** The id of the user whose own act it is. */
  initiatorId?: string;
  /** Events with the same identity are duplicates; without one, those with the same content on the same UTC day. */
  identity?: string;
  /** For how long another event is a duplicate of this one; without it, as long as the message is stored. */
  duplicateWindowMs?: number;
  /** Chooses recipients from the people who were read. */
  recipients: RecipientRule;
  /** Epoch milliseconds before which nobody receives it. */
  notBefore?: number | undefined;
  /** By this, its messages can be withdrawn until one of them is received; a situation's key by default; without it, never. */
  subject?: string;
  /** What is the matter from now on, until it is resolved. */
  situation?: EventSituation;
  /** Epoch milliseconds after which it must not be sent. */
  expiresAt?: number;
  /** What it says, as Markdown, in place of its kind's template. */
  text?: Rendered;
}

export interface EventSituation {
  /** Events with the same key are occurrences of one situation. */
  key: string;
  /** Nobody is notified if it recurs shortly after it was resolved; otherwise everybody, each time. */
  isCalm: boolean;
}

export interface PreparedEvent {
  eventId: string;
  rows: OutboxRows;
}

/** What must be read before an event of this template can be prepared. */
export function enqueueReads(templateId: string, audience: Audience) {
  return {
    template: findTemplateToSend(templateId),
    recipients: findRecipients(templateId, audience),
  };
}

export type EnqueueReads = ReturnType<typeof enqueueReads>;
export type EnqueueAnswers = Answers<EnqueueReads>;

const maxDataBytes = 256_000;

/** Writes nothing. Throws 413 if the data is too large. */
export function prepareEvent(deps: Deps, event: NotificationEvent, read: EnqueueAnswers): PreparedEvent {
  const template = read.template[0];
  if (template === undefined)
    throw new Error("The notification template is not in the database: run npm run db:migrate.");
  const data = event.data === null ? null : JSON.stringify(event.data);
  if ((data?.length ?? 0) > maxDataBytes)
    throw new ApiError(413, `data: has more than ${maxDataBytes} bytes of JSON`);
  const now = deps.now();
  const { defaultMethod, channels } = deps.config.notifications;
  const recipients = chooseRecipients(read.recipients, event.recipients);
  const { planned, offByDefault } = countOffByDefault(recipients, template);
  const receivers = parseReceivers(deps.process.filters, template.receivers);
  const options: PlanOptions = {
    template,
    defaultMethod,
    channels: planChannels(channels),
    receivers,
    rules: parseRules(deps.process.filters, template.rules),
    isPaused: template.isPaused === 1,
    identity: identityOf(event, now),
    notBefore: event.notBefore,
    initiatorId: event.initiatorId,
    about: event,
    thing: event.thing ?? event.targets[0] ?? template.id,
    now,
  };
  const deliveries = planDeliveries(withOwnRules(deps.process.filters, planned), options);
  const eventId = deps.newId();
  const eventRow = {
    id: eventId,
    templateId: template.id,
    templateVersion: template.version,
    labels: JSON.stringify(event.labels),
    data,
    targets: JSON.stringify(event.targets),
    createdBy: event.createdBy,
    createdAt: now,
    recipientRule: storedRule(
      offByDefault === 0 ? event.recipients : effectiveRule(event.recipients, recipients),
    ),
    ...(offByDefault === 0 ? {} : { offByDefault }),
    ...(deps.trace === null ? {} : { traceparent: traceparentOf(deps.trace) }),
    ...(event.text === undefined ? {} : { text: JSON.stringify(event.text) }),
    ...(event.facts !== undefined && asksForFacts(template.rules, receivers, recipients)
      ? { facts: JSON.stringify(event.facts) }
      : {}),
  };
  const rows: OutboxRows = { events: [eventRow], messages: [], inbox: [] };
  const content = { event, template, render: createRender(deps, event, template), now };
  for (const delivery of deliveries) addMessage(deps, rows, delivery, content);
  if (event.situation !== undefined)
    rows.occurrences = [{ id: deps.newId(), ...event.situation, eventId, at: now }];
  const windows = duplicateWindows(deliveries, event.duplicateWindowMs, now);
  if (windows.length > 0) rows.windows = windows;
  const escalation = planEscalation(deliveries, options);
  if (escalation !== undefined) rows.escalations = [{ eventId, ...escalation }];
  return { eventId, rows: ofOrganization(rows, deps.organizationId) };
}

function storedRule(recipients: RecipientRule): string | null {
  const rule = toStoredRule(recipients);
  return rule && JSON.stringify(rule);
}

type Render = (recipient: DeliveryPlan["recipient"]) => ReturnType<typeof renderOrFallback>;

/** An event of many recipients is rendered once, unless its text says something about each. */
function createRender(deps: Deps, event: NotificationEvent, template: TemplateToSend): Render {
  const version = versionOf(template);
  let shared: ReturnType<Render> | undefined = event.text && withoutTemplate(event.text);
  return (recipient) => {
    if (shared !== undefined) return shared;
    const input = renderInput(deps, recipient, event, template.id);
    const rendered = renderOrFallback(deps.process.templates, version, input);
    if (!rendered.isPersonal) shared = rendered;
    return rendered;
  };
}

interface Content {
  event: NotificationEvent;
  template: TemplateToSend;
  render: Render;
  now: number;
}

function addMessage(
  deps: Deps,
  rows: OutboxRows,
  delivery: DeliveryPlan,
  { event, template, render, now }: Content,
): void {
  const { recipient, method, status, dueAt, dedupeKey, receiver } = delivery;
  const id = deps.newId();
  const reasons = [...delivery.reasons];
  if (status === "sent") {
    const rendered = render(recipient);
    if (rendered.failed) reasons.push("render_failed");
    const targets = JSON.stringify(event.targets);
    rows.inbox.push(
      inboxRow({ id, userId: recipient.userId, templateId: template.id, targets }, reasons, rendered, now),
    );
  }
  const subject = event.subject ?? event.situation?.key;
  rows.messages.push({
    id,
    eventId: rows.events[0]!.id,
    userId: recipient.userId,
    method,
    status,
    reasons: JSON.stringify(reasons),
    dueAt,
    attemptCount: 0,
    dedupeKey,
    createdAt: now,
    updatedAt: now,
    ...(subject === undefined ? {} : { subject }),
    ...(event.expiresAt === undefined ? {} : { expiresAt: event.expiresAt }),
    ...(receiver === undefined ? {} : { receiverId: receiver.id, follows: receiver.followsSituations }),
  });
}

/** What a user's inbox keeps of a message. */
export function inboxRow(
  message: {
    id: string;
    userId: string;
    templateId: string;
    targets: string;
    situationId?: string | null;
  },
  /** Reason codes; those for the recipient are kept. */
  reasons: readonly string[],
  rendered: Rendered,
  now: number,
): OutboxRows["inbox"][number] {
  const { id, userId, templateId, targets, situationId = null } = message;
  const { title, body: content, actions } = rendered;
  return {
    id,
    userId,
    templateId,
    targets,
    title,
    content,
    icon: "",
    actions: JSON.stringify(actions),
    // What they did themselves is no news.
    readAt: reasons.includes(ownAction) ? now : null,
    createdAt: now,
    why: recipientReasons(reasons).join(" "),
    ...(situationId === null ? {} : { situationId }),
  };
}

const versionOf = (template: TemplateToSend) => ({
  templateId: template.id,
  number: template.version,
  name: template.name,
  title: template.title,
  body: template.body,
  actions: JSON.parse(template.actions) as Action[],
});

const renderInput = (
  deps: Deps,
  { userId, name, username, email }: DeliveryPlan["recipient"],
  { labels, data }: NotificationEvent,
  templateId: string,
): RenderInput => ({
  labels,
  data,
  user: { id: userId, name: name === "" ? username : name, username, email },
  baseUrl: deps.config.accessUrl,
  templateId,
});
