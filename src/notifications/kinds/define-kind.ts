// A kind of notification with its producer: who is read for an event, what the event says, and who of those read receives
// it. Each file of db/templates has one, beside the verb that causes it.
import type { Answers } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { prepareEvent, type NotificationEvent, type PreparedEvent } from "../outbox/prepare-event.ts";
import { enqueueReads, type EnqueueAnswers, type EnqueueReads } from "../outbox/reads.ts";
import type { Audience } from "../outbox/store/recipients.ts";
import { kinds, type KindName, type LabelsOf } from "./kinds.ts";

/** With the labels of the kind's sample, no more and no less. */
export interface KindEvent<Name extends KindName> extends Omit<NotificationEvent, "labels"> {
  labels: LabelsOf<Name>;
}

export type PersonRead = EnqueueAnswers["recipients"][number];

export interface KindDefinition<Name extends KindName, Asked extends unknown[], Input, Slot extends string> {
  /** Who is read: everybody who may receive it. */
  audience: (...asked: Asked) => Audience;
  /** `people`: those who were read. */
  event: (input: Input, people: readonly PersonRead[]) => KindEvent<Name>;
  /** By which name it is read, when other than the kind's: kinds of one slot are never read together. */
  slot?: Slot;
}

type KindReads<Slot extends string> = {
  [K in `${Slot}.template`]: EnqueueReads["template"];
} & { [K in `${Slot}.recipients`]: EnqueueReads["recipients"] } & Pick<EnqueueReads, "notificationSettings">;

export interface DefinedKind<Asked extends unknown[], Input, Slot extends string> {
  name: KindName;
  /** What is read before an event is prepared; reads of several kinds can be spread into one. */
  reads: (...asked: Asked) => KindReads<Slot>;
  event: (input: Input, people: readonly PersonRead[]) => NotificationEvent;
  /** The event as it will be written. `people`: instead of those who were read. Throws 413 for data that is too large. */
  prepare: (
    deps: Deps,
    answers: Answers<KindReads<Slot>>,
    input: Input,
    people?: readonly PersonRead[],
  ) => PreparedEvent;
}

/** What the reads of a kind answer. */
export type KindAnswers<Kind extends { reads: (...asked: never[]) => object }> = Answers<
  ReturnType<Kind["reads"]> & Record<never, never>
>;

export function defineKind<Name extends KindName, Asked extends unknown[], Input, Slot extends string = Name>(
  name: Name,
  definition: KindDefinition<Name, Asked, Input, Slot>,
): DefinedKind<Asked, Input, Slot> {
  const { audience, event, slot = name } = definition;
  return {
    name,
    event,
    reads: (...asked) => {
      const { template, recipients, notificationSettings } = enqueueReads(kinds[name].id, audience(...asked));
      const own = { [`${slot}.template`]: template, [`${slot}.recipients`]: recipients };
      return { ...own, notificationSettings } as unknown as KindReads<Slot>;
    },
    prepare: (deps, answers, input, people) => {
      const of = answers as unknown as Record<string, unknown>;
      const recipients = people ?? (of[`${slot}.recipients`] as PersonRead[]);
      return prepareEvent(deps, event(input, recipients), {
        template: of[`${slot}.template`],
        recipients,
        notificationSettings: of["notificationSettings"],
      } as EnqueueAnswers);
    },
  };
}
