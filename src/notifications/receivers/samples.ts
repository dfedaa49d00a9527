// Messages as they may be: the sample of each kind, rendered as for a receiver. Templates are checked and previewed with them.
import type { Action } from "../../../db/schema.ts";
import type { Deps } from "../../kernel/deps.ts";
import { kindNameOf, kinds } from "../kinds/kinds.ts";
import { renderOrFallback } from "../texts/rules/render.ts";
import { canReceive } from "./rules/filter.ts";
import type { SampleMessage } from "./rules/json-template.ts";
import { everybodyRecipient, loneMessage, toReceiverMessage } from "./rules/message.ts";
import type { SampleRow } from "./store/samples.ts";

type Sampled = Pick<Deps, "config" | "now" | "newId" | "process">;

/** Kinds that a receiver can get; what ends a problem goes to those that got it. */
export const isSampled = (templateId: string): boolean =>
  canReceive(templateId) || templateId === kinds["situation-resolved"].id;

export function sampleMessage(deps: Sampled, row: SampleRow): SampleMessage {
  const { id, name, title, body, version } = row;
  const { labels, data } = JSON.parse(row.sample) as {
    labels: Record<string, string>;
    data: Record<string, unknown> | null;
  };
  const { accessUrl } = deps.config;
  const recipient = everybodyRecipient;
  const rendered = renderOrFallback(
    deps.process.templates,
    { templateId: id, number: version, name, title, body, actions: JSON.parse(row.actions) as Action[] },
    { labels, data, user: recipient, baseUrl: accessUrl, templateId: id },
  );
  const outgoing = loneMessage({
    id: deps.newId(),
    recipient,
    template: { id, name },
    title: rendered.title,
    body: rendered.body,
    actions: rendered.actions,
    labels,
    data,
  });
  const about = { situationId: deps.newId(), at: deps.now(), accessUrl };
  return { from: `the sample of ${kindNameOf(id)}`, message: toReceiverMessage(outgoing, about) };
}

export const sampleMessages = (deps: Sampled, rows: readonly SampleRow[]): SampleMessage[] =>
  rows.filter(({ id }) => isSampled(id)).map((row) => sampleMessage(deps, row));
