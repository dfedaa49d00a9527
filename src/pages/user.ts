// The page of one user: suspend, activate, reset the password, change roles, delete; with the verbs of the API.
import { Hono } from "hono";
import { html } from "./html.ts";
import { siteRoles, type UserStatus } from "../../db/schema.ts";
import { accountDeleted } from "../accounts/account-kinds.ts";
import { changePassword } from "../accounts/change-password.ts";
import { sendPasswordReset } from "../accounts/passcodes.ts";
import { changeRoles, changeStatus, statusReads } from "../accounts/roles-and-status.ts";
import { findUser, userIdByNameSql } from "../accounts/store/users.ts";
import { deleteUser } from "../accounts/users.ts";
import { loadUserWith, userManagers as managers, userReaders } from "../api/user-shape.ts";
import { currentUserIdSql, readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { randomText } from "../kernel/crypto.ts";
import { ApiError, notFound } from "../kernel/errors.ts";
import { breadcrumb, keyToCopy } from "./components.ts";
import { problem, readFields } from "./form.ts";
import { respondWithPage } from "./layout.ts";
import { userPath, usersPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";
import {
  passwordLength,
  roleForm,
  userActions,
  userControls,
  userFacts,
  userHead,
  usersCrumb,
} from "./user-view.ts";

export const singleUserPages = new Hono<Env>()
  .get(`${usersPath}/:user`, signedIn, (c) => showUser(c, c.req.param("user"), {}))
  .post(
    `${usersPath}/:user/:action{(?:suspend|activate|reset|password|roles|delete)}`,
    signedIn,
    async (c) => {
      const { user, action } = c.req.param();
      try {
        return await verbs[action as keyof typeof verbs](c, user);
      } catch (error) {
        if (!(error instanceof ApiError) || ![400, 409, 429, 503].includes(error.status)) throw error;
        return showUser(c, user, { error });
      }
    },
  );

const verbs = {
  suspend: (c: Ctx, name: string) => setStatus(c, name, "suspended"),
  activate: (c: Ctx, name: string) => setStatus(c, name, "active"),
  reset: async (c: Ctx, name: string) => {
    const { actor, target } = await loadUserWith(c, name, {}, managers);
    await sendPasswordReset(c.get("deps"), actor, target);
    return c.redirect(`${userPath(name)}?done=reset`, 303);
  },
  password: async (c: Ctx, name: string) => {
    const { actor, target } = await loadUserWith(c, name, {}, managers);
    const password = randomText(passwordLength);
    await changePassword(c.get("deps"), actor, target, { oldPassword: "", password });
    return showUser(c, name, { password });
  },
  roles: async (c: Ctx, name: string) => {
    const sent = await readFields(c);
    const { actor, target } = await loadUserWith(c, name, {}, managers);
    const roles = siteRoles.filter((role) => sent[role] === "on");
    await changeRoles(c.get("deps"), actor, target, roles);
    return c.redirect(`${userPath(name)}?done=roles`, 303);
  },
  delete: async (c: Ctx, name: string) => {
    const { actor, target, ...facts } = await loadUserWith(c, name, accountDeleted.reads(), managers);
    await deleteUser(c.get("deps"), actor, target, facts);
    return c.redirect(usersPath, 303);
  },
};

async function setStatus(c: Ctx, name: string, status: UserStatus): Promise<Response> {
  const reads = statusReads(status, userIdByNameSql(name, currentUserIdSql(c)));
  const { actor, target, ...facts } = await loadUserWith(c, name, reads, managers);
  await changeStatus(c.get("deps"), actor, target, status, facts);
  return c.redirect(`${userPath(name)}?done=${status}`, 303);
}

const notes: Record<string, string> = {
  suspended: "The user was suspended.",
  active: "The user was reactivated.",
  reset: "Belfry sent an email with a link for setting a new password. It expires after 20 minutes.",
  invited:
    "The user was created. Belfry sent them an email with a link for setting their password; it expires after 20 minutes.",
  roles: "The roles were saved.",
};

/** `password`: a new one, to be shown this once. */
async function showUser(c: Ctx, name: string, { error, password }: { error?: ApiError; password?: string }) {
  const { now, config } = c.get("deps");
  const { actor, target } = await readAsUser(
    c,
    { target: findUser(name, currentUserIdSql(c)) },
    { requires: userReaders },
  );
  const [user] = target;
  if (user === undefined) throw notFound("User");
  const canMail = config.notifications.channels.smtp !== undefined;
  const note = notes[c.req.query("done") ?? ""];
  const main = html`<section>
    ${breadcrumb([usersCrumb], user.username)} ${userHead(user)}
    ${note === undefined ? "" : html`<p class="note" role="status">${note}</p>`} ${problem(error)}
    ${
      password === undefined
        ? ""
        : html`<div class="note" role="status">
            <p>Copy the new password now; it is not shown again.</p>
            ${keyToCopy("Password", password)}
          </div>`
    }
    ${userControls(user, userActions(user, actor, canMail), c.req.query("ask"))}
    ${userFacts(user, actor, now())} ${roleForm(user, actor)}
  </section>`;
  const scripts = password === undefined ? [] : ["copy.js"];
  return respondWithPage(
    c,
    { title: user.username, section: usersPath, actor, main, scripts },
    error?.status,
  );
}
