// What results say of receivers: which fail or ask for a pause, and which exist no more. Those are disabled, and owners are
// notified once.
import type { Statement } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { defineKind } from "../kinds/define-kind.ts";
import { insertOutbox } from "../outbox/store/outbox.ts";
import { formats } from "../receivers/rules/formats/formats.ts";
import {
  disableReceiver,
  endWait,
  inhibitWaiting,
  isReceiverEnabledSql,
} from "../receivers/store/receivers.ts";
import { isReceiverFailingSql, noteResult, type ReceiverToSend } from "../receivers/store/turns.ts";
import { situationKey } from "../situations/rules/situation.ts";
import type { Delivery } from "./attempt.ts";
import { summariseReceiver } from "./rules/receiver-health.ts";
import type { ClaimedMessage } from "./store/queue.ts";

export interface ReceiverDelivery extends Pick<Delivery, "outcome"> {
  message: Pick<ClaimedMessage, "id">;
  receiver: ReceiverToSend | undefined;
  token: string;
  finishedAt: number;
}

interface Gone {
  receiver: ReceiverToSend;
  answer: string;
  identity: string;
}

const receiverDisabled = defineKind("notification-receiver-disabled", {
  audience: (people: readonly string[]) => ({ roles: ["owner"], users: people }),
  event: ({ receiver, answer, identity }: Gone) => ({
    labels: { receiver: receiver.name, format: formats[receiver.format].label, answer },
    data: {
      own: receiver.ownerId !== null,
      path:
        receiver.ownerId === null
          ? `/deployment/receivers/${receiver.name}`
          : "/settings/notifications#chats",
    },
    targets: [],
    createdBy: "notifier",
    identity,
    situation: { key: situationKey("receiver", receiver.id), isCalm: true },
    recipients:
      receiver.ownerId === null
        ? { roles: ["owner"] }
        : { people: [{ id: receiver.ownerId, why: "own_receiver" as const }] },
  }),
});

/** Those that have answered that they are gone. */
const goneOf = (batch: readonly ReceiverDelivery[]) =>
  batch.flatMap(({ receiver, outcome }) =>
    receiver !== undefined && outcome.kind === "permanent" && outcome.gone === true
      ? [{ receiver, answer: outcome.detail }]
      : [],
  );

/** Comes before the statements that end the leases. */
export function receiverHealth(batch: readonly ReceiverDelivery[], now: number): Statement[] {
  const ofReceivers = batch.filter(({ receiver }) => receiver !== undefined);
  return [...Map.groupBy(ofReceivers, ({ receiver }) => receiver!.id)].flatMap(([receiverId, results]) => {
    const summary = summariseReceiver(results);
    const leases = results.map(({ message, token }) => [message.id, token] as const);
    return [
      // What was under way when it began to fail can succeed during the pause.
      ...(summary.succeededAt === null ? [] : [endWait(receiverId, now, isReceiverFailingSql(receiverId))]),
      noteResult({ receiverId, leases, ...summary }, now),
    ];
  });
}

/** Reads who is notified where a receiver is gone. */
export async function disableGone(deps: Deps, batch: readonly ReceiverDelivery[]): Promise<Statement[]> {
  const gone = new Map(goneOf(batch).map((one) => [one.receiver.id, one]));
  if (gone.size === 0) return [];
  const people = [...gone.values()].flatMap(({ receiver }) => receiver.ownerId ?? []);
  const answers = await deps.db.read(receiverDisabled.reads(people));
  return [...gone.values()].flatMap(({ receiver, answer }) => {
    const { id } = receiver;
    const { rows } = receiverDisabled.prepare(deps, answers, { receiver, answer, identity: deps.newId() });
    // It can't be told that it is gone.
    const messages = rows.messages.filter(({ receiverId }) => receiverId !== id);
    return [
      ...insertOutbox({ ...rows, messages }, isReceiverEnabledSql(id)),
      disableReceiver(id, answer, deps.newId()),
      ...inhibitWaiting(id, deps.now()),
    ];
  });
}
