// The notifications about accounts, to owners and user admins, and to the user. The labels are Coder's:
// `…_account_name` is the username, `…_account_user_name` the full name.
import type { SQL } from "../../db/client.ts";
import type { SiteRole } from "../../db/schema.ts";
import { defineKind } from "../notifications/index.ts";
import type { Actor } from "./rules/actor.ts";

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

const accountAdminRoles: readonly SiteRole[] = ["owner", "user-admin"];
const admins = () => ({ roles: accountAdminRoles });
const user = (userId: SQL<string>) => ({ self: userId });

const about = ({ target, initiator, identity }: AccountChange, createdBy: string) => ({
  data: { user: { id: target.id, name: target.name, email: target.email } },
  facts: { owner: target.username },
  targets: [target.id],
  createdBy,
  initiatorId: initiator.id,
  identity,
});
/** The initiator too: an admin learns of what somebody else does with their account. */
const toAdmins = ({ target }: AccountChange) => ({
  recipients: { roles: accountAdminRoles, exclude: [target.id] },
});
const toUser = (id: string) => ({ recipients: { people: [{ id, why: "own_account" as const }] } });
export const changeBy = (
  { userId: id, username, name }: Actor,
  target: Account,
  identity: string,
): AccountChange => ({ target, initiator: { id, username, name }, identity });

const nameOf = ({ initiator }: AccountChange) => initiator.name || initiator.username;

export const accountCreated = defineKind("user-account-created", {
  audience: admins,
  event: (change: AccountChange) => ({
    ...about(change, "api-users-create"),
    ...toAdmins(change),
    labels: {
      created_account_name: change.target.username,
      created_account_user_name: change.target.name,
      initiator: nameOf(change),
    },
  }),
});

export const accountDeleted = defineKind("user-account-deleted", {
  audience: admins,
  event: (change: AccountChange) => ({
    ...about(change, "api-users-delete"),
    ...toAdmins(change),
    labels: {
      deleted_account_name: change.target.username,
      deleted_account_user_name: change.target.name,
      initiator: nameOf(change),
    },
  }),
});

const statusChange = "api-put-user-status";
const suspendedLabels = (change: AccountChange) => ({
  suspended_account_name: change.target.username,
  suspended_account_user_name: change.target.name,
  initiator: nameOf(change),
});
const activatedLabels = (change: AccountChange) => ({
  activated_account_name: change.target.username,
  activated_account_user_name: change.target.name,
  initiator: nameOf(change),
});

/** By the new status: the kind for the admins, and the one for the user. */
export const accountStatusKinds = {
  suspended: {
    admins: defineKind("user-account-suspended", {
      slot: "status",
      audience: admins,
      event: (change: AccountChange) => ({
        ...about(change, statusChange),
        ...toAdmins(change),
        labels: suspendedLabels(change),
      }),
    }),
    user: defineKind("your-account-suspended", {
      slot: "yourStatus",
      audience: user,
      event: (change: AccountChange) => ({
        ...about(change, statusChange),
        ...toUser(change.target.id),
        labels: suspendedLabels(change),
      }),
    }),
  },
  active: {
    admins: defineKind("user-account-activated", {
      slot: "status",
      audience: admins,
      event: (change: AccountChange) => ({
        ...about(change, statusChange),
        ...toAdmins(change),
        labels: activatedLabels(change),
      }),
    }),
    user: defineKind("your-account-activated", {
      slot: "yourStatus",
      audience: user,
      event: (change: AccountChange) => ({
        ...about(change, statusChange),
        ...toUser(change.target.id),
        labels: activatedLabels(change),
      }),
    }),
  },
};

const passcodeChange = "change-password-with-one-time-passcode";

export const oneTimePasscode = defineKind("one-time-passcode", {
  audience: user,
  event: ({ id, userId, expiresAt }: { id: string; userId: string; expiresAt: number }) => ({
    // Of what is stored the sealed labels have the code; this stands where it would be.
    labels: { one_time_passcode: "(sealed)" },
    data: null,
    targets: [userId],
    createdBy: passcodeChange,
    identity: id,
    ...toUser(userId),
    expiresAt,
  }),
});

/** How a password was changed. An administrator's address is not for the user. */
export type PasswordChangedBy =
  | { by: "code"; address: string | null }
  | { by: "user"; address: string | null }
  | { by: "administrator"; username: string }
  | { by: "machine" };

function describeChange(change: PasswordChangedBy): string {
  if (change.by === "code") return "with a code sent by email";
  if (change.by === "user") return "by someone who was signed in and entered the old password";
  return change.by === "machine"
    ? "on the server, with belfry admin reset-password"
    : `by ${change.username}`;
}

export const passwordChanged = defineKind("password-changed", {
  audience: user,
  event: (change: { userId: string; at: number; identity: string; how: PasswordChangedBy }) => ({
    labels: {
      by: change.how.by,
      how: describeChange(change.how),
      address: "address" in change.how ? (change.how.address ?? "") : "",
    },
    data: { at: new Date(change.at).toISOString() },
    targets: [change.userId],
    createdBy: change.how.by === "code" ? passcodeChange : "password-change",
    identity: change.identity,
    ...toUser(change.userId),
  }),
});
