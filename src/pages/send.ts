// The page that sends a custom notification: a form, then a question that says how many people it reaches, then the result.
import { Hono } from "hono";
import { siteRoles } from "../../db/schema.ts";
import { countRecipients } from "../api/custom-reach.ts";
import { changeSendersAs } from "../api/custom-senders.ts";
import { hasPermission } from "../accounts/rules/permissions.ts";
import { sendAs, senders } from "../api/custom-recipients.ts";
import { customBody } from "../api/notifications.ts";
import { readAsUser, toValidation, type Ctx, type Env } from "../http/endpoint.ts";
import { invalid, invalidFields, type ApiError } from "../kernel/errors.ts";
import { sendersReads, toShownSenders, type GivenSenders } from "../notifications/custom/senders.ts";
import { namesIn, orShown, readFields } from "./form.ts";
import { html } from "./html.ts";
import { respondWithPage } from "./layout.ts";
import { deliveryCrumb, sendPath as path } from "./rules/links.ts";
import { breadcrumb } from "./components.ts";
import { sendersForm, sendForm, sendQuestion, sentNote, type Given } from "./send-view.ts";
import { signedIn } from "./session.ts";

export const sendPages = new Hono<Env>()
  .post(`${path}/senders`, signedIn, async (c) => {
    const given = await readGiven(c);
    const chosen = { roles: given.roles ?? [], groups: namesIn(given.senders) };
    return orShown(
      async () => {
        await changeSendersAs(c, chosen);
        return c.redirect(`${path}?done=senders`, 303);
      },
      (error) => showForm(c, { given: {}, failedSenders: { chosen, error } }),
    );
  })
  .get(path, signedIn, (c) =>
    showForm(c, { given: {}, sent: { people: c.req.query("sent"), minutes: c.req.query("minutes") } }),
  )
  .post(path, signedIn, async (c) => {
    const given = await readGiven(c);
    if (given.back !== undefined) return showForm(c, { given });
    return orForm(c, given, async () => {
      const { recipients } = parse(given);
      const { actor, counted } = await countRecipients(c, recipients);
      const key = c.get("deps").newId();
      const main = html`<section>
        ${breadcrumb([deliveryCrumb], title)}
        <div class="head"><h1>${title}</h1></div>
        ${sendQuestion(given, counted, key)}
      </section>`;
      return respondWithPage(c, { title, section: deliveryCrumb.page, actor, main });
    });
  })
  .post(`${path}/confirm`, signedIn, async (c) => {
    const given = await readGiven(c);
    return orForm(c, given, async () => {
      const { content, recipients } = parse(given);
      // The form is one request, however often it is sent.
      const requestKey =
        given.key === undefined ? undefined : { key: `page ${given.key}`, fingerprint: "page" };
      const sent = await sendAs(c, { content, recipients, requestKey });
      if (sent.refusal !== undefined) throw sent.refusal;
      const { recipients: people = 0, minutes = 0 } = sent;
      const query = new URLSearchParams({ sent: String(people), minutes: String(minutes) });
      return c.redirect(`${path}?${query}`, 303);
    });
  });

const title = "Send a notification";

const listsOf = (given: Given) => ({
  users: namesIn(given.users),
  roles: siteRoles.filter((role) => given.roles?.includes(role)),
  groups: namesIn(given.groups),
});

/** Throws 400 that names the fields of the form. */
function parse(given: Given) {
  const { users, roles, groups } = listsOf(given);
  const workspaces = given.workspaces?.trim() ?? "";
  const recipients = {
    ...(users.length === 0 ? {} : { users }),
    ...(roles.length === 0 ? {} : { roles }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(workspaces === "" ? {} : { workspaces }),
  };
  const parsed = customBody.safeParse({
    content: { title: given.title ?? "", message: given.message ?? "" },
    recipients,
  });
  if (!parsed.success) throw invalidFields(parsed.error.issues.map(toValidation));
  if (parsed.data.recipients === undefined) throw invalid("recipients", "missing");
  return { content: parsed.data.content, recipients: parsed.data.recipients };
}

const textFields = {
  title: "content.title",
  message: "content.message",
  users: "recipients.users",
  groups: "recipients.groups",
  workspaces: "recipients.workspaces",
  senders: "groups",
  key: "key",
  back: "back",
} as const;

async function readGiven(c: Ctx): Promise<Given> {
  const sent = await readFields(c);
  const given: Given = {};
  for (const [name, field] of Object.entries(textFields)) {
    const value = sent[field];
    if (typeof value === "string") given[name as keyof typeof textFields] = value;
  }
  return { ...given, roles: siteRoles.filter((role) => sent[`role-${role}`] === "on") };
}

const orForm = (c: Ctx, given: Given, act: () => Promise<Response>): Promise<Response> =>
  orShown(act, (error) => showForm(c, { given, error }));

interface FormView {
  given: Given;
  error?: ApiError;
  failedSenders?: { chosen: GivenSenders; error: ApiError };
  sent?: { people: string | undefined; minutes: string | undefined };
}

/** Throws 403. */
async function showForm(c: Ctx, { given, error, failedSenders, sent }: FormView) {
  const { actor, ...read } = await readAsUser(c, sendersReads(), senders(c));
  const main = html`<section>
    ${breadcrumb([deliveryCrumb], title)}
    <div class="head"><h1>${title}</h1></div>
    ${sent?.people === undefined ? "" : sentNote(Number(sent.people), Number(sent.minutes))}
    ${c.req.query("done") === "senders" ? html`<p class="note" role="status">Saved.</p>` : ""}
    ${sendForm(given, error)}
    ${hasPermission(actor, "deployment:manage") ? sendersForm(failedSenders?.chosen ?? toShownSenders(read), failedSenders?.error) : ""}
  </section>`;
  return respondWithPage(
    c,
    { title, section: deliveryCrumb.page, actor, main },
    (error ?? failedSenders?.error)?.status,
  );
}
