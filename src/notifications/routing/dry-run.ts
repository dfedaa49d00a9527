// What would become of an event: prepared as a real one, and not written.
import type { Deps } from "../../kernel/deps.ts";
import { invalid, notFound } from "../../kernel/errors.ts";
import { kinds } from "../kinds/kinds.ts";
import { describeReason } from "../outbox/rules/reasons.ts";
import { enqueueReads, prepareEvent } from "../outbox/prepare-event.ts";
import { traceRules, type RuleTrace } from "./rules/decision.ts";
import { factsOf, type ThingFacts } from "./rules/facts.ts";
import { namesOf, writtenTargets } from "./rules/escalation.ts";
import { parseRules } from "./rules/rule.ts";
import { findReferences } from "./store/rules.ts";

export interface DryRunRequest {
  /** Whom it is for. */
  userId: string;
  /** A kind by its name, or by its id. */
  kind: string;
  facts: ThingFacts;
  labels: Record<string, string>;
}

export interface DryRun {
  rules: (RuleTrace & { isOwn: boolean })[];
  messages: {
    method: string;
    /** The name of the receiver that it goes to. */
    receiver: string | null;
    status: string;
    /** Milliseconds until it would be sent; null if it is final. */
    wait: number | null;
    reasons: string[];
    /** Sentences. */
    text: string;
  }[];
  /** Where it would go if nobody read it; `rule`: its name. */
  escalation: { rule: string; after: number; to: string[] } | null;
}

/** Throws 400 for an unknown kind. What the user has muted isn't asked: the event is about nothing that there is. */
export async function dryRun(deps: Deps, { userId, kind, facts, labels }: DryRunRequest): Promise<DryRun> {
  const id = Object.hasOwn(kinds, kind) ? kinds[kind as keyof typeof kinds].id : kind;
  const read = await deps.db.read(enqueueReads(id, { users: [userId] }));
  const [template] = read.template;
  const [person] = read.recipients;
  if (template === undefined) throw invalid("kind", `unknown kind "${kind}", use a name such as task-failed`);
  if (person === undefined) throw notFound("User");
  const event = { labels, data: null, targets: [], createdBy: "", recipients: { named: [userId] }, facts };
  const { rows } = prepareEvent(deps, event, read);
  const receiverIds = rows.messages.flatMap(({ receiverId }) => receiverId ?? []);
  const [later] = rows.escalations ?? [];
  const targets = later === undefined ? [] : (JSON.parse(later.targets) as string[]);
  const none = { templates: [], users: [], groups: [], receivers: [] };
  const ids = [...receiverIds, ...namesOf(targets)];
  const { found } = await deps.db.read({ found: findReferences({ ...none, ids }) });
  const asked = factsOf(template, event);
  const trace = (text: string, isOwn: boolean) =>
    traceRules(parseRules(deps.process.filters, text), asked).map((one) => ({ ...one, isOwn }));
  const now = deps.now();
  return {
    rules: [...trace(template.rules, false), ...trace(person.rules, true)],
    messages: rows.messages.map(({ method, receiverId, status, dueAt = null, reasons }) => {
      const codes = JSON.parse(reasons) as string[];
      return {
        method,
        receiver: found.find((one) => one.id === receiverId)?.name ?? null,
        status,
        wait: dueAt === null ? null : Math.max(0, dueAt - now),
        reasons: codes,
        text: codes.map((code) => `${describeReason(code).text}.`).join(" "),
      };
    }),
    escalation:
      later === undefined
        ? null
        : {
            rule: later.rule.replace("rule_", ""),
            after: later.dueAt - now,
            to: writtenTargets(targets, new Map(found.map((one) => [one.id, one]))),
          },
  };
}
