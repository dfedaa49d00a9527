// What changes of accounts tell, planned for the write that makes the change. The verbs of accounts call these; their routes
// read what it takes.
import type { Answers, SQL } from "../../db/client.ts";
import type { UserStatus } from "../../db/schema.ts";
import type { Deps } from "../kernel/deps.ts";
import { prepareEvent, type PreparedEvent } from "../notifications/outbox/prepare-event.ts";
import { enqueueAnswersOf, enqueueReadsAs } from "../notifications/outbox/reads.ts";
import {
  accountAdminRoles,
  creationEvent,
  deletionEvent,
  statusEvents,
  type AccountChange,
} from "./rules/account-events.ts";
import type { Actor } from "./rules/actor.ts";
import { accountKinds } from "./rules/kinds.ts";

const admins = { roles: accountAdminRoles };

export const creationReads = () => enqueueReadsAs("created", accountKinds.created, admins);
export type CreationFacts = Answers<ReturnType<typeof creationReads>>;

export const deletionReads = () => enqueueReadsAs("deleted", accountKinds.deleted, admins);
export type DeletionFacts = Answers<ReturnType<typeof deletionReads>>;

/** `target`: SQL for the id of the account. */
export const statusReads = (status: UserStatus, target: SQL<string>) => ({
  ...enqueueReadsAs("admins", accountKinds[status === "suspended" ? "suspended" : "activated"], admins),
  ...enqueueReadsAs("self", accountKinds[status === "suspended" ? "yourSuspended" : "yourActivated"], {
    self: target,
  }),
});
export type StatusFacts = Answers<ReturnType<typeof statusReads>>;

type Target = AccountChange["target"];

const changeOf = (actor: Actor, target: Target, identity: string): AccountChange => ({
  target,
  initiator: { id: actor.userId, username: actor.username, name: actor.name },
  identity,
});

/** An account is made once: its id tells the event from others. */
export const planCreation = (deps: Deps, actor: Actor, target: Target, facts: CreationFacts): PreparedEvent =>
  prepareEvent(deps, creationEvent(changeOf(actor, target, target.id)), enqueueAnswersOf("created", facts));

export const planDeletion = (deps: Deps, actor: Actor, target: Target, facts: DeletionFacts): PreparedEvent =>
  prepareEvent(deps, deletionEvent(changeOf(actor, target, target.id)), enqueueAnswersOf("deleted", facts));

/** Suspended, activated and suspended again are three events. */
export function planStatus(
  deps: Deps,
  actor: Actor,
  target: Target,
  status: UserStatus,
  facts: StatusFacts,
): PreparedEvent[] {
  const events = statusEvents(status, changeOf(actor, target, deps.newId()));
  return [
    prepareEvent(deps, events.admins, enqueueAnswersOf("admins", facts)),
    prepareEvent(deps, events.self, enqueueAnswersOf("self", facts)),
  ];
}
