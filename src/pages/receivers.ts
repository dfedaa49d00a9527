// Receivers: chats, pagers and webhooks that get events besides the people who are notified. Owners create, change, test and
// delete them.
import { Hono } from "hono";
import { allReceivers } from "../api/receiver-shape.ts";
import { managerOf, toManageReceivers, toReadReceivers } from "../api/receivers.ts";
import { hasPermission } from "../accounts/rules/permissions.ts";
import { readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { ApiError, notFound } from "../kernel/errors.ts";
import {
  changeReceiver,
  createReceiver,
  removeReceiver,
  rotateReceiverSecret,
} from "../notifications/receivers/manage.ts";
import { previewReceiver, type ReceiverPreview } from "../notifications/receivers/preview.ts";
import { maxTemplateBytes } from "../notifications/receivers/rules/json-template.ts";
import { testReceiver } from "../notifications/receivers/send-test.ts";
import { findReceiver, listReceivers } from "../notifications/receivers/store/receivers.ts";
import { breadcrumb, countLabel, tag } from "./components.ts";
import { fields, problem, readForm, type Field } from "./form.ts";
import { html } from "./html.ts";
import { changeFields, createFields, formActs, previewSection } from "./receiver-form.ts";
import { changeOf, draftOf, formatOf, formFields, type Given } from "./receiver-input.ts";
import { respondWithPage, type Html } from "./layout.ts";
import {
  receiverControls,
  receiverFacts,
  receiverList,
  receiversAside,
  receiversCrumb,
  secretNote,
} from "./receivers-view.ts";
import { receiverPath, receiversPath as path } from "./rules/links.ts";
import { signedIn } from "./session.ts";

const title = "Receivers";
const owners = { requires: toManageReceivers };
const one = `${path}/:receiver` as const;

/** A receiver by the name in the path, for owners. Throws 404. */
async function readReceiver(c: Ctx, name: string) {
  const { actor, receiver } = await readAsUser(c, { receiver: findReceiver(name) }, owners);
  if (receiver[0] === undefined) throw notFound("Receiver");
  return { actor, manager: managerOf(c, actor), receiver: receiver[0] };
}

export const receiverPages = new Hono<Env>()
  .get(path, signedIn, (c) => showReceivers(c, { deleted: c.req.query("deleted") }))
  .post(path, signedIn, async (c) => {
    const given = await readForm(c, ["act", "name", "format", ...formFields], { template: maxTemplateBytes });
    const { actor } = await readAsUser(c, {}, owners);
    try {
      if (given.act === "preview") {
        const preview = await previewReceiver(c.get("deps"), draftOf(formatOf(given.format), given));
        return await showReceivers(c, { given, preview });
      }
      const { receiver, secret } = await createReceiver(c.get("deps"), managerOf(c, actor), {
        name: given.name.trim(),
        format: formatOf(given.format),
        ...changeOf(given),
      });
      if (secret === null) return c.redirect(`${receiverPath(receiver.name)}?done=created`, 303);
      const note = secretNote(`Created ${receiver.name}.`, secret);
      return await showReceiver(c, receiver.name, { note, copies: true });
    } catch (error) {
      if (!isShown(error)) throw error;
      return showReceivers(c, { error, given });
    }
  })
  .get(one, signedIn, (c) =>
    showReceiver(c, c.req.param("receiver"), { note: notes[c.req.query("done") ?? ""] }),
  )
  .post(`${one}/change`, signedIn, async (c) => {
    const name = c.req.param("receiver");
    const given = await readForm(c, ["act", "name", ...formFields], { template: maxTemplateBytes });
    const { manager, receiver } = await readReceiver(c, name);
    try {
      if (given.act === "preview") {
        const preview = await previewReceiver(c.get("deps"), draftOf(receiver.format, given));
        return await showReceiver(c, name, { given, preview });
      }
      const change = { name: given.name.trim(), ...changeOf(given) };
      const changed = await changeReceiver(c.get("deps"), manager, receiver, change);
      return c.redirect(`${receiverPath(changed.name)}?done=changed`, 303);
    } catch (error) {
      if (!isShown(error)) throw error;
      return showReceiver(c, name, { error, given });
    }
  })
  .post(`${one}/:change{(?:enable|disable)}`, signedIn, async (c) => {
    const { manager, receiver } = await readReceiver(c, c.req.param("receiver"));
    const change = c.req.param("change");
    await changeReceiver(c.get("deps"), manager, receiver, { isEnabled: change === "enable" });
    return c.redirect(`${receiverPath(receiver.name)}?done=${change}d`, 303);
  })
  .post(`${one}/rotate`, signedIn, async (c) => {
    const { manager, receiver } = await readReceiver(c, c.req.param("receiver"));
    const { secret } = await rotateReceiverSecret(c.get("deps"), manager, receiver);
    const note = secretNote("Created a new signing secret.", secret!);
    return showReceiver(c, receiver.name, { note, copies: true });
  })
  .post(`${one}/test`, signedIn, async (c) => {
    const { receiver } = await readReceiver(c, c.req.param("receiver"));
    const { isAccepted, answer } = await testReceiver(c.get("deps"), receiver);
    const note = isAccepted
      ? `The receiver accepted the test: ${answer}.`
      : html`<div class="problem" role="alert">
          <p>The receiver rejected the test notification: ${answer}</p>
        </div>`;
    return showReceiver(c, receiver.name, { note });
  })
  .post(`${one}/delete`, signedIn, async (c) => {
    const { manager, receiver } = await readReceiver(c, c.req.param("receiver"));
    await removeReceiver(c.get("deps"), manager, receiver);
    return c.redirect(`${path}?${new URLSearchParams({ deleted: receiver.name })}`, 303);
  });

const isShown = (error: unknown): error is ApiError =>
  error instanceof ApiError && [400, 409, 503].includes(error.status);

const notes: Record<string, string> = {
  created: "Created. Send a test notification to check it.",
  changed: "Saved.",
  enabled: "Enabled. It gets new notifications.",
  disabled: "Disabled. Waiting notifications are not sent.",
};

interface ListView {
  /** The name of one that was deleted. */
  deleted?: string | undefined;
  error?: ApiError;
  given?: Given;
  preview?: ReceiverPreview;
}

async function showReceivers(c: Ctx, { deleted, error, given = {}, preview }: ListView) {
  const { actor, rows } = await readAsUser(c, { rows: listReceivers() }, { requires: toReadReceivers });
  const { config, now } = c.get("deps");
  const receivers = allReceivers(config, rows);
  const form: readonly Field[] = createFields(given);
  const main = html`<section>
    <div class="head">
      <h1>${title}</h1>
      <p class="count">${countLabel(receivers.length, "receiver")}</p>
    </div>
    <p class="lead">
      A receiver is a chat channel, a pager or a webhook that gets notifications: each event once, or a
      message for each recipient.
    </p>
    ${deleted === undefined ? "" : html`<p class="note" role="status">Deleted ${deleted}.</p>`}
    ${problem(error, form)} ${receiverList(receivers, now())}
    ${
      hasPermission(actor, "deployment:manage")
        ? html`<form class="sheet" method="post" action="${path}">
            <h2>Create a receiver</h2>
            ${fields(form, error)} ${preview === undefined ? "" : previewSection(preview)}
            ${formActs("Create receiver", path)}
          </form>`
        : ""
    }
    ${receiversAside}
  </section>`;
  return respondWithPage(c, { title, section: path, actor, main }, error?.status);
}

interface OneView {
  note?: Html | string | undefined;
  error?: ApiError;
  given?: Given;
  preview?: ReceiverPreview;
  copies?: boolean;
}

async function showReceiver(c: Ctx, name: string, { note, error, given, preview, copies = false }: OneView) {
  const { actor, found } = await readAsUser(c, { found: findReceiver(name) }, { requires: toReadReceivers });
  const [receiver] = found;
  if (receiver === undefined) throw notFound("Receiver");
  const form = changeFields(receiver, given);
  const manages = hasPermission(actor, "deployment:manage");
  const asked = c.req.query("ask");
  const main = html`<section>
    ${breadcrumb([receiversCrumb], receiver.name)}
    <div class="head">
      <h1>${receiver.name}</h1>
      ${receiver.isEnabled ? "" : tag("disabled")}
    </div>
    ${typeof note === "string" ? html`<p class="note" role="status">${note}</p>` : (note ?? "")}
    ${problem(error, form)} ${receiverFacts(receiver, c.get("deps").now())}
    ${manages ? receiverControls(receiver, asked) : ""}
    ${
      manages && asked === undefined
        ? html`<form class="sheet" method="post" action="${receiverPath(receiver.name)}/change">
            <h2>Change</h2>
            ${fields(form, error)} ${preview === undefined ? "" : previewSection(preview)}
            ${formActs("Save", `${receiverPath(receiver.name)}/change`)}
          </form>`
        : ""
    }
    ${receiversAside}
  </section>`;
  const page = { title: receiver.name, section: path, actor, main, scripts: copies ? ["copy.js"] : [] };
  return respondWithPage(c, page, error?.status);
}
