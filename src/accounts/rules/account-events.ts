// What changes of accounts tell: owners and user-admins, and where it concerns them, the person. The verbs of accounts call
// these.
import type { SiteRole } from "../../../db/schema.ts";
import type { NotificationEvent } from "../../notifications/plan.ts";

interface Named {
  id: string;
  username: string;
  name: string;
}
export interface AccountChange {
  target: Named;
  initiator: Named;
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
    labels: { [`${what}_account_name`]: nameOf(target), initiator: nameOf(initiator) },
    data: null,
    targets: [target.id],
    createdBy,
    identity,
    circle: { people: [{ id: target.id, why: "own_account" }] },
  };
  return { admins: toAdmins(what, createdBy, change), self };
}

/** Whoever did it is told as well, so that nobody who acts in an admin's name stays unseen; the person is not. */
function toAdmins(
  what: "created" | "deleted" | "suspended" | "activated",
  createdBy: string,
  { target, initiator, identity }: AccountChange,
): NotificationEvent {
  return {
    labels: {
      [`${what}_account_name`]: target.name,
      [`${what}_account_user_name`]: target.username,
      initiator: nameOf(initiator),
    },
    data: null,
    targets: [target.id],
    createdBy,
    identity,
    circle: { roles: accountAdminRoles, without: [target.id] },
  };
}

const nameOf = ({ name, username }: Named) => name || username;
