// What changes of accounts tell: owners and user-admins, and where it concerns them, the person. The verbs of accounts call
// these.
import type { SiteRole } from "../../../db/schema.ts";
import type { NotificationEvent } from "../../notifications/outbox/prepare-event.ts";

export interface Account {
  id: string;
  username: string;
  /** The full name; may be empty. */
  name: string;
  email: string;
}
export interface AccountChange {
  target: Account;
  initiator: Pick<Account, "id" | "username" | "name">;
  /** What makes it another one than the same change again on one day. */
  identity: string;
}

export const accountAdminRoles: readonly SiteRole[] = ["owner", "user-admin"];

export const creationEvent = (change: AccountChange) => toAdmins("created", "api-users-create", change);
export const deletionEvent = (change: AccountChange) => toAdmins("deleted", "api-users-delete", change);

/** One for the admins, one for the person themselves. */
export function statusEvents(
  status: "suspended" | "active",
  change: AccountChange,
): { admins: NotificationEvent; self: NotificationEvent } {
  const { target, initiator, identity } = change;
  const what = status === "suspended" ? "suspended" : "activated";
  const createdBy = "api-put-user-status";
  const self: NotificationEvent = {
    ...contentOf(what, { target, initiator }),
    targets: [target.id],
    createdBy,
    identity,
    recipients: { people: [{ id: target.id, why: "own_account" }] },
  };
  return { admins: toAdmins(what, createdBy, change), self };
}

type Change = "created" | "deleted" | "suspended" | "activated";

/** Notifies the initiator too: an admin learns of what somebody else does with their account. */
function toAdmins(
  what: Change,
  createdBy: string,
  { target, initiator, identity }: AccountChange,
): NotificationEvent {
  return {
    ...contentOf(what, { target, initiator }),
    targets: [target.id],
    createdBy,
    identity,
    recipients: { roles: accountAdminRoles, exclude: [target.id] },
  };
}

/** As Coder sends it: `…_account_name` is the username, `…_account_user_name` the full name. */
const contentOf = (
  what: Change,
  { target, initiator }: Pick<AccountChange, "target" | "initiator">,
): Pick<NotificationEvent, "labels" | "data"> => ({
  labels: {
    [`${what}_account_name`]: target.username,
    [`${what}_account_user_name`]: target.name,
    initiator: initiator.name || initiator.username,
  },
  data: { user: { id: target.id, name: target.name, email: target.email } },
});
