// Sources: the Coder deployments that send their notifications to Belfry. Owners create them, and say who people are whom
// Belfry doesn't recognise.
import { Hono } from "hono";
import { accountCreated } from "../accounts/account-kinds.ts";
import { findUser } from "../accounts/store/users.ts";
import { createUser } from "../accounts/users.ts";
import { maxPeople } from "../api/source-people.ts";
import { toManageSources, toReadSources } from "../api/sources.ts";
import { currentUserIdSql, readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { randomText } from "../kernel/crypto.ts";
import { ApiError, invalid, notFound } from "../kernel/errors.ts";
import { forget, pinToUser } from "../sources/people.ts";
import { changeSource, createSource, removeSource, rotateSecret } from "../sources/sources.ts";
import { findPersonOfSource, listPeople } from "../sources/store/people.ts";
import { findSource, listSources, sourceIdByNameSql, type SourceRow } from "../sources/store/sources.ts";
import { breadcrumb, countLabel, tag } from "./components.ts";
import { fields, problem, readForm, type Field } from "./form.ts";
import { html } from "./html.ts";
import { respondWithPage, type Html } from "./layout.ts";
import { sourcePath, sourcesPath as path } from "./rules/links.ts";
import { signedIn } from "./session.ts";
import {
  addressNote,
  managesSources,
  peopleLists,
  sourceControls,
  sourceFacts,
  sourceList,
  sourcesAside,
  sourcesCrumb,
} from "./sources-view.ts";
import { createdNote, passwordLength } from "./user-view.ts";

const title = "Sources";
const nameField: Field = {
  name: "name",
  label: "Name",
  type: "text",
  autocomplete: "off",
  hint: "Lowercase letters, digits and hyphens, for example prod. Recipients see the name in the reason for each notification.",
};
const owners = { requires: toManageSources };

const one = `${path}/:source` as const;
const person = `${one}/people/:id` as const;

/** A source by the name in the path, for owners. Throws 404. */
async function readSource(c: Ctx, name: string) {
  const { actor, source } = await readAsUser(c, { source: findSource(name) }, owners);
  if (source[0] === undefined) throw notFound("Source");
  return { actor, source: source[0] };
}

export const sourcePages = new Hono<Env>()
  .get(path, signedIn, (c) => showSources(c, { done: c.req.query("deleted") }))
  .post(path, signedIn, async (c) => {
    const { name } = await readForm(c, ["name"]);
    const { actor } = await readAsUser(c, {}, owners);
    try {
      const { address } = await createSource(c.get("deps"), actor, { name, kind: "coder" });
      return await showSources(c, { created: { name, address } });
    } catch (error) {
      if (!isShown(error)) throw error;
      return showSources(c, { error, name });
    }
  })
  .get(one, signedIn, (c) => showSource(c, c.req.param("source"), { note: notes[c.req.query("done") ?? ""] }))
  .post(`${one}/:change{(?:enable|disable)}`, signedIn, async (c) => {
    const { actor, source } = await readSource(c, c.req.param("source"));
    const change = c.req.param("change");
    await changeSource(c.get("deps"), actor, source, { isEnabled: change === "enable" });
    return c.redirect(`${sourcePath(source.name)}?done=${change}d`, 303);
  })
  .post(`${one}/rotate`, signedIn, async (c) => {
    const { actor, source } = await readSource(c, c.req.param("source"));
    const { address } = await rotateSecret(c.get("deps"), actor, source);
    return showSource(c, source.name, { note: addressNote("Created a new address.", address), copies: true });
  })
  .post(`${one}/delete`, signedIn, async (c) => {
    const { actor, source } = await readSource(c, c.req.param("source"));
    await removeSource(c.get("deps"), actor, source);
    return c.redirect(`${path}?${new URLSearchParams({ deleted: source.name })}`, 303);
  })
  .post(`${person}/pin`, signedIn, async (c) => {
    const { user: wanted } = await readForm(c, ["user"]);
    const { source: name, id } = c.req.param();
    const { actor, source } = await readSource(c, name);
    const { user, found } = await readAsUser(
      c,
      { user: findUser(wanted.trim(), currentUserIdSql(c)), found: findPersonOfSource(source.id, id) },
      owners,
    );
    if (found[0] === undefined) throw notFound("Person");
    try {
      if (user[0] === undefined || user[0].isSystem) throw invalid("user", `no user "${wanted.trim()}"`);
      await pinToUser(c.get("deps"), actor, source, { foreignId: id, user: user[0] });
    } catch (error) {
      if (!isShown(error)) throw error;
      return showSource(c, name, { error });
    }
    return c.redirect(`${sourcePath(source.name)}?done=pinned`, 303);
  })
  .post(`${person}/create`, signedIn, (c) => createPerson(c, c.req.param("source"), c.req.param("id")))
  .post(`${person}/forget`, signedIn, async (c) => {
    const { source: name, id } = c.req.param();
    const { actor, source } = await readSource(c, name);
    const { found } = await readAsUser(c, { found: findPersonOfSource(source.id, id) }, owners);
    await forget(c.get("deps"), actor, source, found[0]);
    return c.redirect(`${sourcePath(source.name)}?done=forgotten`, 303);
  });

const isShown = (error: unknown): error is ApiError =>
  error instanceof ApiError && [400, 409, 429, 503].includes(error.status);

const notes: Record<string, string> = {
  enabled: "Enabled. Notifications of this source are accepted.",
  disabled:
    "Disabled. Belfry rejects notifications of this source (403); Coder gives up after its last attempt.",
  pinned: "Pinned. Waiting notifications were delivered.",
  forgotten: "Removed. If Coder notifies this person again, they are listed again.",
};

/** Creates the person's account, by what Coder says about them, and delivers what waited. */
async function createPerson(c: Ctx, name: string, foreignId: string) {
  const { actor, source } = await readSource(c, name);
  const { found, ...facts } = await readAsUser(
    c,
    { found: findPersonOfSource(source.id, foreignId), ...accountCreated.reads() },
    owners,
  );
  if (found[0] === undefined) throw notFound("Person");
  const { username, email, name: fullName } = found[0];
  const password = randomText(passwordLength);
  try {
    const input = { email, username, name: fullName, password, status: "active" as const };
    const user = await createUser(c.get("deps"), actor, input, facts);
    await pinToUser(c.get("deps"), actor, source, { foreignId, user });
    const note = createdNote({ username: user.username, password });
    return await showSource(c, name, { note, copies: true });
  } catch (error) {
    if (!isShown(error)) throw error;
    return showSource(c, name, { error });
  }
}

interface ListView {
  created?: { name: string; address: string };
  /** The name of a source that was deleted. */
  done?: string | undefined;
  error?: ApiError;
  name?: string;
}

async function showSources(c: Ctx, { created, done, error, name }: ListView) {
  const { actor, sources } = await readAsUser(c, { sources: listSources() }, { requires: toReadSources });
  const field = { ...nameField, value: name };
  const main = html`<section>
    <div class="head">
      <h1>${title}</h1>
      <p class="count">${countLabel(sources.length, "source")}</p>
    </div>
    <p class="lead">
      A source is a Coder deployment whose notifications Belfry receives and delivers, to inboxes and through
      the channels configured here.
    </p>
    ${created === undefined ? "" : addressNote(`Created ${created.name}.`, created.address)}
    ${done === undefined ? "" : html`<p class="note" role="status">Deleted ${done}.</p>`}
    ${problem(error, [field])} ${sourceList(sources, c.get("deps").now())}
    ${
      managesSources(actor)
        ? html`<form class="sheet" method="post" action="${path}">
            <h2>Create a source</h2>
            ${fields([field], error)}
            <button class="button primary" type="submit">Create source</button>
          </form>`
        : ""
    }
    ${sourcesAside}
  </section>`;
  const scripts = created === undefined ? [] : ["copy.js"];
  return respondWithPage(c, { title, section: path, actor, main, scripts }, error?.status);
}

interface OneView {
  note?: Html | string | undefined;
  error?: ApiError;
  copies?: boolean;
}

async function showSource(c: Ctx, name: string, { note, error, copies = false }: OneView) {
  const { actor, found, people } = await readAsUser(
    c,
    { found: findSource(name), people: listPeople(sourceIdByNameSql(name), maxPeople) },
    { requires: toReadSources },
  );
  const source: SourceRow | undefined = found[0];
  if (source === undefined) throw notFound("Source");
  const now = c.get("deps").now();
  const manages = managesSources(actor);
  const main = html`<section>
    ${breadcrumb([sourcesCrumb], source.name)}
    <div class="head">
      <h1>${source.name}</h1>
      ${source.isEnabled ? "" : tag("disabled")}
    </div>
    ${typeof note === "string" ? html`<p class="note" role="status">${note}</p>` : (note ?? "")}
    ${problem(error)} ${sourceFacts(source, now)} ${manages ? sourceControls(source, c.req.query("ask")) : ""}
    ${peopleLists({ source, people, manages, now, asked: c.req.query("person") })} ${sourcesAside}
  </section>`;
  const page = { title: source.name, section: path, actor, main, scripts: copies ? ["copy.js"] : [] };
  return respondWithPage(c, page, error?.status);
}
