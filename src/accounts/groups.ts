// Creating, changing and deleting groups of users. Each change is audited.
import type { Deps } from "../kernel/deps.ts";
import {
  ApiError,
  conflict,
  forbidden,
  invalid,
  invalidFields,
  notFound,
  unauthorized,
} from "../kernel/errors.ts";
import { didYouMean } from "../kernel/rules/nearest.ts";
import { isSendersGroupSql } from "../notifications/index.ts";
import { audit } from "./audit.ts";
import type { Actor } from "./rules/actor.ts";
import { groupProblems, type GroupFields } from "./rules/group.ts";
import {
  addMembers,
  deleteGroupRows,
  findGroup,
  findNamedUsers,
  groupExistsSql,
  groupHasChangeSql,
  insertGroup,
  listGroupNames,
  removeMembers,
  updateGroup,
  type GroupRow,
  type NamedUser,
} from "./store/groups.ts";
import { findKey } from "./store/keys.ts";
import { andSql, hasPermissionSql, notSql, orSql } from "./store/manage.ts";

type Fields = Partial<Record<keyof GroupFields, string | undefined>>;
type Creator = Pick<Actor, "userId" | "keyId">;

const resourceType = "group" as const;
export const managersOnly = "Only owners and user admins can manage groups.";

export interface NewGroup extends Fields {
  name: string;
  /** Ids or usernames. */
  add?: readonly string[];
}

/** What must be read before a group is created. */
export const creationReads = ({ add = [] }: Pick<NewGroup, "add">) => ({ named: findNamedUsers(add, "") });

/** Throws 400 for bad fields and unknown users, 403, 409 for a name that is in use. */
export async function createGroup(
  deps: Deps,
  actor: Creator,
  { organizationId, named }: { organizationId: string; named: readonly NamedUser[] },
  given: NewGroup,
): Promise<GroupRow> {
  const fields = requireValid({ displayName: "", avatarUrl: "" }, given);
  const added = usersOf(given.add ?? [], named, "add_users");
  const [id, changeId] = [deps.newId(), deps.newId()];
  const { name, displayName } = fields;
  const row = { id, organizationId, ...fields, changeId, createdBy: actor.userId, createdAt: deps.now() };
  const shown = displayName === "" ? {} : { display_name: displayName };
  const detail = { name, ...shown, ...peopleOf({ added }) };
  const when = groupHasChangeSql(id, changeId);
  const { group, namesake, caller } = await deps.db.write(
    [
      insertGroup(row, hasPermissionSql(actor, "groups:manage")),
      audit(deps, { actorId: actor.userId, action: "create", resourceType, resourceId: id, detail }, when),
      addMembers(id, idsOf(added), deps.now(), when),
    ],
    { group: findGroup(id), namesake: findGroup(name), caller: findKey(actor.keyId) },
  );
  if (group[0] !== undefined) return group[0];
  if (namesake.length > 0) throw nameTaken(name);
  throw denied(caller);
}

export interface GroupChange extends Fields {
  /** Ids or usernames. */
  add?: readonly string[];
  remove?: readonly string[];
}

/** What a change needs to be read. `group`: an id or a name. */
export const changeReads = (group: string, { add = [], remove = [] }: GroupChange) => ({
  group: findGroup(group),
  named: findNamedUsers([...add, ...remove], group),
});

const attempts = 3;

/** Throws 400 for bad fields and unknown users, 403, 404, 409 for a name that is in use. */
export async function changeGroup(
  deps: Deps,
  actor: Creator,
  { group: found, named }: { group: readonly GroupRow[]; named: readonly NamedUser[] },
  change: GroupChange,
): Promise<GroupRow> {
  const [before] = found;
  if (before === undefined) throw notFound("Group");
  let group: GroupRow = before;
  const added = usersOf(change.add ?? [], named, "add_users").filter(({ isMember }) => isMember === 0);
  const removed = usersOf(change.remove ?? [], named, "remove_users").filter(
    ({ isMember }) => isMember === 1,
  );
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const fields = requireValid(group, change);
    const isSame = differences(group, fields).length === 0 && added.length + removed.length === 0;
    if (isSame) return group;
    const tried: Tried = await tryChange(deps, actor, group, { fields, added, removed });
    if (tried.group === undefined) throw notFound("Group");
    if (tried.isDone) return tried.group;
    group = tried.group;
  }
  throw conflict("The group was changed at the same time.", "Try again.");
}

interface Planned {
  fields: GroupFields;
  added: readonly NamedUser[];
  removed: readonly NamedUser[];
}

interface Tried {
  /** Afterwards. */
  group: GroupRow | undefined;
  /** False: somebody else changed it since it was read. */
  isDone: boolean;
}

/** Throws 403, 409 for a name that is in use. */
async function tryChange(
  deps: Deps,
  actor: Creator,
  group: GroupRow,
  { fields, added, removed }: Planned,
): Promise<Tried> {
  const { id } = group;
  const changeId = deps.newId();
  const when = groupHasChangeSql(id, changeId);
  const entry = {
    actorId: actor.userId,
    action: "write",
    resourceType,
    resourceId: id,
    detail: { name: fields.name, ...changedFields(group, fields), ...peopleOf({ added, removed }) },
  };
  const { after, namesake, caller } = await deps.db.write(
    [
      updateGroup(group, fields, changeId, deps.now(), canChangeSql(actor, id)),
      audit(deps, entry, when),
      addMembers(id, idsOf(added), deps.now(), when),
      removeMembers(id, idsOf(removed), when),
    ],
    { after: findGroup(id), namesake: findGroup(fields.name), caller: findKey(actor.keyId) },
  );
  const [row] = after;
  if (row?.changeId !== group.changeId) return { group: row, isDone: row?.changeId === changeId };
  if (namesake.some((other) => other.id !== id)) throw nameTaken(fields.name);
  throw denied(caller, group);
}

/** Throws 403, 404. */
export async function removeGroup(deps: Deps, actor: Creator, group: GroupRow | undefined): Promise<void> {
  if (group === undefined) throw notFound("Group");
  const { id, name, memberCount: members } = group;
  const allowed = canChangeSql(actor, id);
  const { left, caller } = await deps.db.write(
    [
      audit(
        deps,
        {
          actorId: actor.userId,
          action: "delete",
          resourceType,
          resourceId: id,
          detail: { name, members },
        },
        andSql(allowed, groupExistsSql(id)),
      ),
      ...deleteGroupRows(id, allowed),
    ],
    { left: findGroup(id), caller: findKey(actor.keyId) },
  );
  if (left.length > 0) throw denied(caller, group);
}

/** 404 that names the nearest group, for who may see them all. */
export async function groupNotFound(deps: Deps, name: string): Promise<ApiError> {
  const { names } = await deps.db.read({ names: listGroupNames() });
  const near = didYouMean(
    name,
    names.map((group) => group.name),
  );
  return new ApiError(404, `Group "${name}" not found.${near}`);
}

function requireValid(before: Partial<GroupFields>, given: Fields): GroupFields {
  const fields: GroupFields = {
    name: given.name ?? before.name ?? "",
    displayName: given.displayName?.trim() ?? before.displayName ?? "",
    avatarUrl: given.avatarUrl ?? before.avatarUrl ?? "",
  };
  const problems = groupProblems(fields);
  if (problems.length > 0) throw invalidFields(problems);
  return fields;
}

function usersOf(names: readonly string[], found: readonly NamedUser[], field: string): NamedUser[] {
  const users = names.map((name) =>
    found.find(({ id, username }) => [id, username.toLowerCase()].includes(name.toLowerCase())),
  );
  const unknown = names.filter((_name, index) => users[index] === undefined);
  if (unknown.length > 0) throw invalid(field, `unknown user ${unknown.join(", ")}`);
  return [...new Set(users.filter((user) => user !== undefined))];
}

const names = { name: "name", displayName: "display_name", avatarUrl: "avatar_url" } as const;

const differences = (before: GroupFields, after: GroupFields) =>
  (["name", "displayName", "avatarUrl"] as const).filter((key) => before[key] !== after[key]);

const changedFields = (before: GroupFields, after: GroupFields) =>
  Object.fromEntries(
    differences(before, after).map((key) => [names[key], { from: before[key], to: after[key] }]),
  );

const idsOf = (users: readonly NamedUser[]) => users.map((user) => user.id);

/** At most so many names stand in an entry of the audit log. */
const maxAuditedNames = 100;

const peopleOf = (changed: Partial<Record<"added" | "removed", readonly NamedUser[]>>) =>
  Object.fromEntries(
    Object.entries(changed)
      .filter(([, users]) => users.length > 0)
      .map(([what, users]) => {
        const usernames = users.slice(0, maxAuditedNames).map(({ username }) => username);
        const rest = users.length - usernames.length;
        return [what, rest === 0 ? usernames : [...usernames, `and ${rest} more`]];
      }),
  );

/** Who changes a group whose members may do more gives a right, which only owners can. */
const canChangeSql = (actor: Creator, id: string) =>
  andSql(
    hasPermissionSql(actor, "groups:manage"),
    orSql(notSql(isSendersGroupSql(id)), hasPermissionSql(actor, "deployment:manage")),
  );

function denied(caller: readonly unknown[], group?: GroupRow) {
  if (caller.length === 0) return unauthorized();
  return forbidden(group?.isSenders === 1 ? sendersOnly : managersOnly);
}

const sendersOnly = "Only owners can change this group: its members may send notifications to others.";

const nameTaken = (name: string) =>
  new ApiError(409, `Group name "${name}" is already taken.`, {
    validations: [{ field: "name", detail: "already in use" }],
  });
