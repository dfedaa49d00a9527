// The door of this room for those that cause notifications: accounts, workspaces and prebuilds import nothing else of it.
// A kind is defined beside its verb; its `reads` go into what the verb reads, `prepare` makes the event, and
// `notify(event, { when })` stands among the statements of one `writeAndNotify`.
export { sealLabels } from "./delivery/sealed-labels.ts";
export { defineKind, type KindAnswers } from "./kinds/define-kind.ts";
export { notify, writeAndNotify, type Notice, type StatementOrNotice } from "./outbox/notify.ts";
export type { NotificationEvent, PreparedEvent } from "./outbox/prepare-event.ts";
export { minuteBucket } from "./outbox/rules/delivery-plan.ts";
export { templateAdminRoles, templateAdmins } from "./outbox/rules/recipients.ts";
export type { MessageState } from "../kernel/ports.ts";
export { cancelPending, whereNothingPending } from "./outbox/store/pending.ts";
