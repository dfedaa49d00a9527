// The keys that provisioners sign in with: who created each, when it was last used, and a button that revokes it.
import { Hono } from "hono";
import { html } from "./html.ts";
import { hasPermission } from "../accounts/rules/permissions.ts";
import { firstOrganizationSql, listOrganizations } from "../accounts/store/deployment.ts";
import { readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { toManageKeys, toReadKeys } from "../api/provisioner-keys.ts";
import { ApiError } from "../kernel/errors.ts";
import { createProvisionerKey, revokeProvisionerKey } from "../workspaces/jobs/provisioner-keys.ts";
import { listProvisionerKeys, type ListedKey } from "../workspaces/jobs/store/provisioner-keys.ts";
import { fields, problem, readForm, type Field } from "./form.ts";
import { respondWithPage, type Html } from "./layout.ts";
import { countLabel, keyToCopy, moment } from "./components.ts";
import { question } from "./question.ts";
import { provisionerKeysPath as path } from "./rules/links.ts";
import { signedIn } from "./session.ts";

const title = "Provisioner keys";
const nameField: Field = {
  name: "name",
  label: "Name",
  type: "text",
  autocomplete: "off",
  hint: "The machine or cluster that will use the key, like rack-1.",
};
const reads = () => ({
  organizations: listOrganizations(),
  keys: listProvisionerKeys(firstOrganizationSql()),
});

export const provisionerKeyPages = new Hono<Env>()
  .get(path, signedIn, (c) => show(c, { revoked: c.req.query("revoked"), asked: c.req.query("revoke") }))
  .post(path, signedIn, async (c) => {
    const { name } = await readForm(c, ["name"]);
    const { actor, organizations } = await readAsUser(c, reads(), { requires: toManageKeys });
    try {
      const input = { organizationId: organizations[0]!.id, name };
      const key = await createProvisionerKey(c.get("deps"), actor, input);
      return await show(c, { created: { name, key } });
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 400 && error.status !== 409)) throw error;
      return show(c, { error, name });
    }
  })
  .post(`${path}/:name/revoke`, signedIn, async (c) => {
    const { actor, keys } = await readAsUser(c, reads(), { requires: toManageKeys });
    const name = c.req.param("name");
    const key = keys.find((one) => one.name.toLowerCase() === name.toLowerCase());
    await revokeProvisionerKey(c.get("deps"), actor, key);
    return c.redirect(`${path}?${new URLSearchParams({ revoked: name })}`, 303);
  });

interface Shown {
  created?: { name: string; key: string };
  revoked?: string | undefined;
  /** The name of the key that is to be revoked. */
  asked?: string | undefined;
  error?: ApiError;
  name?: string;
}

async function show(c: Ctx, { created, revoked, asked, error, name }: Shown) {
  const { actor, keys } = await readAsUser(c, reads(), { requires: toReadKeys });
  const manages = hasPermission(actor, "templates:manage");
  const now = c.get("deps").now();
  const field = { ...nameField, value: name };
  const doomed = manages ? keys.find((key) => key.name === asked) : undefined;
  const main = html`<section>
    <div class="head">
      <h1>${title}</h1>
      <p class="count">${countLabel(keys.length, "key")}</p>
    </div>
    ${created === undefined ? "" : createdNote(created)}
    ${revoked === undefined ? "" : html`<p class="note" role="status">Revoked ${revoked}.</p>`}
    ${doomed === undefined ? "" : revokeQuestion(doomed)} ${problem(error, [field])}
    ${keys.length === 0 ? html`<div class="empty"><p>No provisioner keys yet.</p></div>` : list(keys, manages, now)}
    ${
      manages
        ? html`<form class="sheet" method="post" action="${path}">
            <h2>Create a key</h2>
            ${fields([field], error)}
            <button class="button primary" type="submit">Create key</button>
          </form>`
        : ""
    }
    <p class="aside">${whatRevokingDoes}</p>
  </section>`;
  const scripts = created === undefined ? [] : ["copy.js"];
  return respondWithPage(c, { title, section: path, actor, main, scripts }, error?.status);
}

const createdNote = ({ name, key }: { name: string; key: string }): Html =>
  html`<div class="note" role="status">
    <p>Created ${name}. Copy the key now; it is not shown again.</p>
    ${keyToCopy("Key", key)}
  </div>`;

const whatRevokingDoes =
  "Revoking takes effect immediately. Running builds of its provisioners fail; jobs not yet started return to the queue.";

const revokePath = ({ name }: ListedKey) => `${path}/${encodeURIComponent(name)}/revoke`;

const revokeQuestion = (key: ListedKey): Html =>
  question({
    title: `Revoke ${key.name}?`,
    text: `${whatRevokingDoes} This can't be undone.`,
    action: revokePath(key),
    label: "Revoke key",
    back: path,
    isFinal: true,
  });

function list(keys: readonly ListedKey[], manages: boolean, now: number): Html {
  return html`<ul class="items people" role="list">
    ${keys.map((key) => item(key, manages, now))}
  </ul>`;
}

function item(key: ListedKey, manages: boolean, now: number): Html {
  const from = key.lastUsedAddress === null ? "" : ` from ${key.lastUsedAddress}`;
  return html`<li class="person">
    <h2>${key.name}</h2>
    ${
      manages
        ? html`<a
            class="quiet"
            href="${path}?${new URLSearchParams({ revoke: key.name }).toString()}"
            aria-label="Revoke ${key.name}"
            >Revoke</a
          >`
        : html`<span></span>`
    }
    <p class="who-is">
      created by ${key.creator}
      ${moment(key.createdAt, now)}${key.jobs === 0 ? "" : ` · ${countLabel(key.jobs, "job")} running`}
    </p>
    <p class="seen">
      ${key.lastUsedAt === null ? "never used" : html`last used ${moment(key.lastUsedAt, now)}${from}`}
    </p>
  </li>`;
}
