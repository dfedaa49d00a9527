// Escalates events that nobody has read in time: others get messages of the same event, planned as for any recipient. Safe to
// run twice, at the same time, on two machines; a process that dies leaves the rest to the next tick of any other.
import type { Answers } from "../../../db/client.ts";
import { failUnless, isGuardFailure } from "../../../db/statements.ts";
import { everybodyUser } from "../../../db/schema.ts";
import type { Deps } from "../../kernel/deps.ts";
import { pause } from "../../kernel/pause.ts";
import { enqueueReads, prepareEvent, type EnqueueAnswers } from "../outbox/prepare-event.ts";
import { wakeAfterWrite } from "../outbox/notify.ts";
import { findMessageStates, insertOutbox } from "../outbox/store/outbox.ts";
import type { Reason } from "../outbox/rules/reasons.ts";
import type { RuleCode } from "../outbox/rules/rule-reasons.ts";
import { foldOlder } from "../situations/store/situations.ts";
import type { Rendered } from "../texts/rules/render.ts";
import { namesOf } from "./rules/escalation.ts";
import type { ThingFacts } from "./rules/facts.ts";
import {
  deleteEscalation,
  findDueEscalations,
  findEscalation,
  isEscalatingSql,
  peopleWithoutSql,
} from "./store/escalations.ts";

/** People of one write. */
const chunkSize = 200;

export const escalationReads = (now: number) => ({ escalations: findDueEscalations(now) });

/** One that fails keeps no other from escalating. */
export async function escalate(deps: Deps, due: readonly { eventId: string }[]): Promise<void> {
  const failures: unknown[] = [];
  for (const { eventId } of due) await escalateAll(deps, eventId).catch((error) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

async function escalateAll(deps: Deps, eventId: string): Promise<void> {
  while (await escalateSome(deps, eventId)) await pause();
}

type Escalated = Answers<{ found: ReturnType<typeof findEscalation> }>["found"][number];

/** Whether there may be more people. */
async function escalateSome(deps: Deps, eventId: string): Promise<boolean> {
  const [found] = (await deps.db.read({ found: findEscalation(eventId) })).found;
  if (found === undefined) return false;
  const isOver = found.expiresAt !== null && found.expiresAt <= deps.now();
  if (found.isUnattended !== 1 || isOver) return end(deps, eventId);
  const targets = JSON.parse(found.targets) as string[];
  const ids = [...namesOf(targets, "user"), ...namesOf(targets, "group")];
  const read = await deps.db.read(
    enqueueReads(found.templateId, { userIdsSql: peopleWithoutSql(eventId, ids, chunkSize) }),
  );
  const rows = prepareEscalated(deps, { eventId, found, receivers: namesOf(targets, "receiver") }, read);
  const [first] = rows.messages;
  if (first === undefined) return end(deps, eventId);
  const isLast = read.recipients.length < chunkSize;
  try {
    const { messages } = await deps.db.write(
      [
        failUnless(isEscalatingSql(eventId, first.id)),
        ...insertOutbox(rows),
        ...foldOlder(found.situationId === null ? [] : [found.situationId], deps.now()),
        ...(isLast ? [deleteEscalation(eventId)] : []),
      ],
      { messages: findMessageStates(rows.messages.map(({ id }) => id)) },
    );
    wakeAfterWrite(deps, messages);
    return !isLast;
  } catch (error) {
    // Somebody has read it, or another process was faster.
    if (isGuardFailure(error)) return false;
    throw error;
  }
}

async function end(deps: Deps, eventId: string): Promise<false> {
  await deps.db.write([deleteEscalation(eventId)], {});
  return false;
}

interface Escalating {
  eventId: string;
  found: Escalated;
  /** Ids. */
  receivers: readonly string[];
}

/** The deployment's rules aren't asked again. */
function prepareEscalated(deps: Deps, escalating: Escalating, { template, recipients }: EnqueueAnswers) {
  const { eventId, found } = escalating;
  const { rule, labels, data, about, createdBy, facts, text, subject, expiresAt, situationId } = found;
  const seconds = Math.round((found.dueAt - found.createdAt) / 1_000);
  const why: Reason = `escalated_after_${seconds}s_by_${rule as RuleCode}`;
  const { rows } = prepareEvent(
    deps,
    {
      labels: JSON.parse(labels) as Record<string, string>,
      data: JSON.parse(data ?? "null") as Record<string, unknown> | null,
      targets: JSON.parse(about) as string[],
      createdBy,
      facts: JSON.parse(facts ?? "{}") as ThingFacts,
      identity: `${eventId} escalated`,
      recipients: { people: recipients.map(({ userId }) => ({ id: userId, why })) },
      ...(text === null ? {} : { text: JSON.parse(text) as Rendered }),
      ...(subject === null ? {} : { subject }),
      ...(expiresAt === null ? {} : { expiresAt }),
    },
    { template: template.map((one) => ({ ...one, ...toReceivers(one.receivers, escalating) })), recipients },
  );
  return {
    ...rows,
    events: [],
    messages: rows.messages.map((message) => ({
      ...message,
      eventId,
      ...(message.receiverId != null && message.userId === everybodyUser.id
        ? { reasons: message.reasons.replace(/"(receiver_filter|chosen_by_rule_[^"]*)"/, `"${why}"`) }
        : {}),
    })),
    inbox: rows.inbox.map((item) => ({ ...item, situationId })),
  };
}

/** Those that don't have it get one message each, whatever their filters. */
function toReceivers(all: string, { found, receivers }: Escalating): { receivers: string; rules: string } {
  const had = JSON.parse(found.receivers) as string[];
  const named = (JSON.parse(all) as { id: string }[])
    .filter(({ id }) => receivers.includes(id) && !had.includes(id))
    .map((receiver) => ({ ...receiver, recipients: "everybody" }));
  const actions = { receivers: named.map(({ id }) => id) };
  const rule = { name: "", filter: null, continues: 0, actions };
  return { receivers: JSON.stringify(named), rules: named.length === 0 ? "[]" : JSON.stringify([rule]) };
}
