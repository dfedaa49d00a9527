// The interface for producers of notifications: accounts, workspaces and prebuilds import nothing else of this room.
// A kind is defined next to its verb: the verb reads its `reads`, `prepare`s the event, and passes `notify(event, { when })`
// with its own statements to `writeAndNotify`.
export { sealLabels } from "./outbox/sealed-labels.ts";
export { defineKind, usernameOf, type KindAnswers, type PersonRead } from "./kinds/define-kind.ts";
export {
  notify,
  resolveSituations,
  writeAndNotify,
  type Notice,
  type StatementOrNotice,
} from "./outbox/notify.ts";
export type { NotificationEvent, PreparedEvent } from "./outbox/prepare-event.ts";
export { minuteBucket } from "./outbox/rules/duplicates.ts";
export { templateAdminRoles, templateAdmins } from "./outbox/rules/recipients.ts";
export {
  givenReads,
  prepareGiven,
  type GivenAnswers,
  type GivenEvent,
  type PreparedGiven,
} from "./outbox/given-event.ts";
export type { MessageState } from "../kernel/ports.ts";
export { isOpenSql } from "./situations/store/situations.ts";
export { situationKey, situationTypes } from "./situations/rules/situation.ts";
export { isSendersGroupSql } from "./custom/store/senders.ts";
export { cancelPending, whereNothingPending } from "./outbox/store/outbox.ts";
