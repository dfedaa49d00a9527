// Creating, changing and deleting users.
import type { UserStatus } from "../../db/schema.ts";
import type { Deps } from "../kernel/deps.ts";
import { ApiError, forbidden, unauthorized } from "../kernel/errors.ts";
import { notify, writeAndNotify, type KindAnswers } from "../notifications/index.ts";
import { accountCreated, accountDeleted, changeBy } from "./account-kinds.ts";
import { audit } from "./audit.ts";
import {
  applyChange,
  requireManagePermission,
  requireNotSelf,
  parseRoles,
  type UserState,
} from "./change.ts";
import { requireValidFields, withTakenErrors } from "./validation.ts";
import { hashPassword, withHashSlot } from "./passwords.ts";
import type { Actor } from "./rules/actor.ts";
import { leaveGroups } from "./store/groups.ts";
import { deleteKeysOfUser, findKey, keyExistsSql } from "./store/keys.ts";
import {
  andSql,
  isUserDeletedSql,
  isNotLastOwnerSql,
  markDeleted,
  canStillCreateUsersSql,
  canStillManageUserSql,
  setProfile,
} from "./store/manage.ts";
import { findUserState, insertUser, userExistsSql, type UserRow } from "./store/users.ts";

export interface NewUser {
  email: string;
  username: string;
  name: string;
  password: string;
  status: UserStatus;
}

/** A plain member. Throws 403, 400 for bad fields, 409 that names the field for what is taken. */
export async function createUser(
  deps: Deps,
  actor: Actor,
  input: NewUser,
  facts: KindAnswers<typeof accountCreated>,
): Promise<UserState> {
  const { password, ...rest } = input;
  const fields = { ...rest, email: rest.email.trim(), name: rest.name.trim() };
  await requireValidFields(deps, { ...fields, password });
  const id = deps.newId();
  const now = deps.now();
  const user = {
    id,
    ...fields,
    passwordHash: await withHashSlot(deps, actor.userId, (place) => hashPassword(deps, password, place)),
    isSystem: false,
    createdAt: now,
    updatedAt: now,
  };
  const { username, email, status } = fields;
  const entry = {
    actorId: actor.userId,
    action: "create",
    resourceType: "user" as const,
    resourceId: id,
    detail: { username, email, status },
  };
  const event = accountCreated.prepare(deps, facts, changeBy(actor, user, id));
  const whenCreated = userExistsSql(id);
  const { created, caller } = await withTakenErrors(
    writeAndNotify(
      deps,
      [
        insertUser(user, canStillCreateUsersSql(actor)),
        audit(deps, entry, whenCreated),
        notify(event, { when: whenCreated }),
      ],
      { created: findUserState(id), caller: findKey(actor.keyId) },
    ),
  );
  if (created[0] !== undefined) return created[0];
  throw caller.length === 0 ? unauthorized() : forbidden("Only owners and user admins can create users.");
}

/** Throws 400 for bad fields, 403, 409 for a taken username. `name` stays when it is left out. */
export async function changeProfile(
  deps: Deps,
  actor: Actor,
  target: UserRow,
  input: { username: string; name?: string | undefined },
): Promise<UserState> {
  const isSelf = actor.userId === target.id;
  if (!isSelf) requireManagePermission(actor, target);
  const profile = { username: input.username, name: input.name?.trim() ?? target.name };
  // An unchanged username from before a rule stays valid.
  await requireValidFields(deps, profile.username === target.username ? { name: profile.name } : profile);
  return applyChange(deps, {
    actor,
    target,
    guard: isSelf ? keyExistsSql(actor.keyId) : canStillManageUserSql(actor, target.id),
    changes: (guard) => [setProfile(target.id, profile, deps.now(), guard)],
    isDone: (state) => state.username === profile.username && state.name === profile.name,
    entry: {
      action: "write",
      detail: { from: { username: target.username, name: target.name }, to: profile },
    },
  });
}

/** Ends all sessions and tokens too. Throws 403, 409 for the last active owner. */
export async function deleteUser(
  deps: Deps,
  actor: Actor,
  target: UserRow,
  facts: KindAnswers<typeof accountDeleted>,
): Promise<void> {
  requireManagePermission(actor, target);
  await requireNotSelf(deps, actor, target, new ApiError(403, "You can't delete yourself."));
  const guard = andSql(canStillManageUserSql(actor, target.id), isNotLastOwnerSql(target.id));
  const deleted = accountDeleted.prepare(deps, facts, changeBy(actor, target, target.id));
  await applyChange(deps, {
    actor,
    target,
    guard,
    notices: [notify(deleted, { when: guard })],
    changes: (guard) => [
      markDeleted(target.id, deps.now(), guard),
      deleteKeysOfUser(target.id, isUserDeletedSql(target.id)),
      leaveGroups(target.id, isUserDeletedSql(target.id)),
    ],
    isDone: (state) => state.deletedAt !== null,
    entry: {
      action: "delete",
      detail: { username: target.username, email: target.email, roles: parseRoles(target) },
    },
  });
}
