// A receiver that responds 410 Gone gets nothing more, which owners are notified of; it is resolved when a receiver of that
// channel accepts a message again.
import type { Statement } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import type { OutboxRows } from "../../kernel/ports.ts";
import { channels, findChannel, receiverOf, type Method } from "../channels/index.ts";
import type { Channel } from "../channels/channel.ts";
import { defineKind } from "../kinds/define-kind.ts";
import type { Reason } from "../outbox/rules/reasons.ts";
import { insertOutbox } from "../outbox/store/outbox.ts";
import { clearGoneEndpoint, isEndpointNotGoneSql, markEndpointGone } from "../preferences/store/settings.ts";
import { situationKey } from "../situations/rules/situation.ts";
import { resolution } from "../situations/resolve.ts";
import { keysSql } from "../situations/store/situations.ts";
import { testTemplateId, type Delivery } from "./attempt.ts";
import { endpointHash } from "./rules/channel-health.ts";
import type { ClaimedMessage } from "./store/queue.ts";

interface Gone {
  channel: Channel;
  receiver: string;
  identity: string;
}

const receiverGone = defineKind("notification-receiver-gone", {
  audience: () => ({ roles: ["owner"] }),
  event: ({ channel, receiver, identity }: Gone) => ({
    labels: { channel: channel.label, receiver },
    data: { setting: channel.needs[0] ?? "" },
    targets: [],
    createdBy: "notifier",
    identity,
    situation: { key: situationKey("receiver", channel.id), isCalm: true },
    recipients: { roles: ["owner"] },
  }),
});

type Result = Pick<Delivery, "outcome"> & {
  message: Pick<ClaimedMessage, "method" | "templateId" | "goneEndpoint">;
};

/** What the results say of receivers; the latest result counts. */
export function receiverStates(batch: readonly Result[]): ReadonlyMap<Method, "gone" | "alive"> {
  const states = new Map<Method, "gone" | "alive">();
  for (const { message, outcome } of batch) {
    const channel = findChannel(message.method);
    if (channel?.endpoint === undefined) continue;
    if (outcome.kind === "permanent" && outcome.gone === true) states.set(channel.id, "gone");
    // A receiver at another address than the one that is gone counts, too.
    if (outcome.kind === "sent" && (message.templateId === testTemplateId || message.goneEndpoint !== null))
      states.set(channel.id, "alive");
  }
  return states;
}

/** The channel can't say of itself that it is gone. */
const withoutChannel = (rows: OutboxRows, method: Method): OutboxRows => ({
  ...rows,
  messages: rows.messages.map((message) =>
    message.method === method && message.dueAt !== null
      ? {
          ...message,
          status: "inhibited",
          dueAt: null,
          dedupeKey: null,
          reasons: withReason(message.reasons),
        }
      : message,
  ),
});

const withReason = (reasons: string) =>
  JSON.stringify([...(JSON.parse(reasons) as string[]), "endpoint_gone" satisfies Reason]);

/** The statements that note it. Reads who is notified where a receiver is gone. */
export async function receiverStatements(deps: Deps, batch: readonly Result[]): Promise<Statement[]> {
  const states = [...receiverStates(batch)];
  if (states.length === 0) return [];
  const isAnyGone = states.some(([, state]) => state === "gone");
  const answers = isAnyGone ? await deps.db.read(receiverGone.reads()) : undefined;
  const at = deps.now();
  return states.flatMap(([method, state]) => {
    const channel: Channel = channels[method];
    const settings = deps.config.notifications.channels[method];
    const endpoint = settings === undefined ? undefined : channel.endpoint?.(settings);
    if (endpoint === undefined) return [];
    if (state === "alive") {
      const keys = keysSql([situationKey("receiver", method)]);
      return [...resolution({ keys, at, how: "accepted", closes: true }), clearGoneEndpoint(method)];
    }
    const hash = endpointHash(endpoint);
    const receiver = receiverOf(deps.config.notifications.channels, method) ?? endpoint;
    const event = receiverGone.prepare(deps, answers!, { channel, receiver, identity: deps.newId() });
    // Once: other messages of the same moment were refused alike.
    return [
      ...insertOutbox(withoutChannel(event.rows, method), isEndpointNotGoneSql(method, hash)),
      markEndpointGone(method, hash, at),
    ];
  });
}
