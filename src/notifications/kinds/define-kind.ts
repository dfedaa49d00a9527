// Defines a kind of notification: who can receive it, and what its events say. Each file of db/templates has a definition,
// next to the verb that causes the events.
import type { Answers } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import {
  prepareEvent,
  type NotificationEvent,
  type PreparedEvent,
  enqueueReads,
  type EnqueueAnswers,
  type EnqueueReads,
} from "../outbox/prepare-event.ts";
import type { Audience } from "../outbox/store/recipients.ts";
import { kinds, type FactsOf, type KindName, type LabelsOf } from "./kinds.ts";

/** With exactly the labels of the kind's sample, and the names that it has said it gives. */
export type KindEvent<Name extends KindName> = Omit<NotificationEvent, "labels" | "facts"> & {
  labels: LabelsOf<Name>;
} & ([keyof FactsOf<Name>] extends [never] ? { facts?: undefined } : { facts: FactsOf<Name> });

export type PersonRead = EnqueueAnswers["recipients"][number];

/** Of the audience. */
export const usernameOf = (people: readonly PersonRead[], id: string): string =>
  people.find(({ userId }) => userId === id)?.username ?? "";

export interface KindDefinition<Name extends KindName, Args extends unknown[], Input, Slot extends string> {
  /** Everybody who can receive it; they are read from the database. */
  audience: (...args: Args) => Audience;
  /** `people`: the audience as read from the database. */
  event: (input: Input, people: readonly PersonRead[]) => KindEvent<Name>;
  /** The name of its reads, if not the kind's. Kinds with the same slot are never read together. */
  slot?: Slot;
}

type KindReads<Slot extends string> = {
  [K in `${Slot}.template`]: EnqueueReads["template"];
} & { [K in `${Slot}.recipients`]: EnqueueReads["recipients"] };

export interface DefinedKind<Args extends unknown[], Input, Slot extends string> {
  name: KindName;
  /** To be read before an event is prepared; reads of several kinds can be combined. */
  reads: (...args: Args) => KindReads<Slot>;
  event: (input: Input, people: readonly PersonRead[]) => NotificationEvent;
  /** The event with its messages. `people`: instead of those who were read. Throws 413 if the data is too large. */
  prepare: (
    deps: Deps,
    answers: Answers<KindReads<Slot>>,
    input: Input,
    people?: readonly PersonRead[],
  ) => PreparedEvent;
}

/** The answers of a kind's reads. */
export type KindAnswers<Kind extends { reads: (...asked: never[]) => object }> = Answers<
  ReturnType<Kind["reads"]> & Record<never, never>
>;

export function defineKind<Name extends KindName, Args extends unknown[], Input, Slot extends string = Name>(
  name: Name,
  definition: KindDefinition<Name, Args, Input, Slot>,
): DefinedKind<Args, Input, Slot> {
  const { audience, slot = name } = definition;
  // The compiler doesn't see that a kind's own facts are facts.
  const event = definition.event as unknown as DefinedKind<Args, Input, Slot>["event"];
  return {
    name,
    event,
    reads: (...args) => {
      const { template, recipients } = enqueueReads(kinds[name].id, audience(...args));
      const own = { [`${slot}.template`]: template, [`${slot}.recipients`]: recipients };
      return own as unknown as KindReads<Slot>;
    },
    prepare: (deps, answers, input, people) => {
      const of = answers as unknown as Record<string, unknown>;
      const recipients = people ?? (of[`${slot}.recipients`] as PersonRead[]);
      return prepareEvent(deps, event(input, recipients), {
        template: of[`${slot}.template`],
        recipients,
      } as EnqueueAnswers);
    },
  };
}
