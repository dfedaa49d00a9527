// Groups of users: the list, and a page of each with its members. Owners and user admins change them.
import { Hono } from "hono";
import {
  changeGroup,
  changeReads,
  createGroup,
  creationReads,
  removeGroup,
  type GroupChange,
} from "../accounts/groups.ts";
import { wordsOf } from "../accounts/rules/group.ts";
import { hasPermission } from "../accounts/rules/permissions.ts";
import { listOrganizations } from "../accounts/store/deployment.ts";
import { countGroups, countMembers, findGroup, listGroups, listMembers } from "../accounts/store/groups.ts";
import { groupManagers, groupReaders } from "../api/group-shape.ts";
import { readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { notFound } from "../kernel/errors.ts";
import {
  breadcrumb,
  countLabel,
  emptyPage,
  listSize,
  pages,
  readListFilter,
  searchForm,
  totalLabel,
} from "./components.ts";
import { namesIn, orShown, problem, readForm } from "./form.ts";
import {
  addForm,
  changeForm,
  creationForm,
  deleteControl,
  groupList,
  groupsAside,
  groupsCrumb,
  memberList,
  type Failed,
  type Given,
} from "./groups-view.ts";
import { html } from "./html.ts";
import { respondWithPage } from "./layout.ts";
import { groupPath, groupsPath as path } from "./rules/links.ts";
import { signedIn } from "./session.ts";

const one = `${path}/:group` as const;
const managers = { requires: groupManagers };

export const groupPages = new Hono<Env>()
  .get(path, signedIn, (c) => showGroups(c, { deleted: c.req.query("deleted") }))
  .post(path, signedIn, async (c) => {
    const given = await readForm(c, ["name", "display_name", "add_users"]);
    return orShown(
      async () => {
        const add = namesIn(given.add_users);
        const { actor, organizations, named } = await readAsUser(
          c,
          { organizations: listOrganizations(), ...creationReads({ add }) },
          managers,
        );
        const place = { organizationId: organizations[0]!.id, named };
        const group = { name: given.name.trim(), displayName: given.display_name, add };
        const created = await createGroup(c.get("deps"), actor, place, group);
        return c.redirect(`${groupPath(created.name)}?done=created`, 303);
      },
      (error) => showGroups(c, { failed: { error, given } }),
    );
  })
  .get(one, signedIn, (c) => showGroup(c, c.req.param("group"), {}))
  .post(`${one}/change`, signedIn, async (c) => {
    const given = await readForm(c, ["name", "display_name"]);
    const change = { name: given.name.trim(), displayName: given.display_name };
    return changeOrShow(c, "change", change, given);
  })
  .post(`${one}/add`, signedIn, async (c) => {
    const given = await readForm(c, ["add_users"]);
    return changeOrShow(c, "add", { add: namesIn(given.add_users) }, given);
  })
  .post(`${one}/remove`, signedIn, async (c) => {
    const { user } = await readForm(c, ["user"]);
    return changeOrShow(c, "remove", { remove: [user] }, {});
  })
  .post(`${one}/delete`, signedIn, async (c) => {
    const { actor, group } = await readAsUser(c, { group: findGroup(c.req.param("group")!) }, managers);
    await removeGroup(c.get("deps"), actor, group[0]);
    return c.redirect(`${path}?${new URLSearchParams({ deleted: group[0]!.name })}`, 303);
  });

const notes: Record<string, string> = {
  created: "Created.",
  change: "Saved.",
  add: "Added.",
  remove: "Removed.",
};

type Form = "change" | "add" | "remove";

const changeOrShow = (c: Ctx, form: Form, change: GroupChange, given: Given): Promise<Response> => {
  const name = c.req.param("group")!;
  return orShown(
    async () => {
      const { actor, ...read } = await readAsUser(c, changeReads(name, change), managers);
      const changed = await changeGroup(c.get("deps"), actor, read, change);
      return c.redirect(`${groupPath(changed.name)}?done=${form}`, 303);
    },
    (error) => showGroup(c, name, { form, failed: { error, given } }),
  );
};

interface ListView {
  /** The name of one that was deleted. */
  deleted?: string | undefined;
  failed?: Failed;
}

async function showGroups(c: Ctx, { deleted, failed }: ListView) {
  const choice = readListFilter(c, path);
  const filter = { words: wordsOf(choice.filter) };
  const { actor, groups, total } = await readAsUser(
    c,
    {
      groups: listGroups(filter, { limit: listSize, offset: choice.offset }, 0),
      total: countGroups(filter, choice),
    },
    { requires: groupReaders },
  );
  const count = total[0]!.count;
  const none = choice.filter === "" ? "No groups yet." : "No groups match this search.";
  const main = html`<section>
    <div class="head">
      <h1>Groups</h1>
      <p class="count">${totalLabel(count, choice, "group")}</p>
    </div>
    <p class="lead">A group is a set of users, by name. Notifications can be sent to it.</p>
    ${deleted === undefined ? "" : html`<p class="note" role="status">Deleted ${deleted}.</p>`}
    ${count > 0 || choice.filter !== "" ? html`<div class="bar">${searchForm(choice, { label: "Search groups", example: "sre" })}</div>` : ""}
    ${groups.length > 0 ? groupList(groups) : choice.offset > 0 ? emptyPage : html`<div class="empty"><p>${none}</p></div>`}
    ${pages(choice, count)} ${hasPermission(actor, "groups:manage") ? creationForm(failed) : ""}
    ${groupsAside}
  </section>`;
  return respondWithPage(c, { title: "Groups", section: path, actor, main }, failed?.error.status);
}

interface OneView {
  form?: Form;
  failed?: Failed;
}

async function showGroup(c: Ctx, name: string, { form, failed }: OneView) {
  const choice = readListFilter(c, groupPath(name));
  const words = wordsOf(choice.filter);
  const { actor, group, members, total } = await readAsUser(
    c,
    {
      group: listGroups({ named: name }, { limit: 1 }, 0),
      members: listMembers(name, words, { limit: listSize, offset: choice.offset }),
      total: countMembers(name, words, choice),
    },
    { requires: groupReaders },
  );
  const [found] = group;
  if (found === undefined) throw notFound("Group");
  const manages = hasPermission(actor, "groups:manage");
  const isAsked = c.req.query("ask") === "delete";
  const note = notes[c.req.query("done") ?? ""];
  const count = total[0]!.count;
  const none = choice.filter === "" ? "No members yet." : "No members match this search.";
  const forms = html`${addForm(found.name, form === "add" ? failed : undefined)}
  ${changeForm(found, form === "change" ? failed : undefined)}`;
  const main = html`<section>
    ${breadcrumb([groupsCrumb], found.name)}
    <div class="head">
      <h1>${found.displayName === "" ? found.name : found.displayName}</h1>
      <p class="count">${countLabel(found.memberCount, "member")}</p>
    </div>
    ${note === undefined ? "" : html`<p class="note" role="status">${note}</p>`}
    ${form === "remove" ? problem(failed?.error) : ""} ${manages ? deleteControl(found, isAsked) : ""}
    ${found.memberCount > 0 ? html`<div class="bar">${searchForm(choice, { label: "Search members", example: "ada" })}</div>` : ""}
    ${members.length > 0 ? memberList(found.name, members, manages) : choice.offset > 0 ? emptyPage : html`<div class="empty"><p>${none}</p></div>`}
    ${pages(choice, count)} ${manages && !isAsked ? forms : ""} ${groupsAside}
  </section>`;
  return respondWithPage(c, { title: found.name, section: path, actor, main }, failed?.error.status);
}
