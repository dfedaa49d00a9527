// The delivery log: messages by status, kind, channel and recipient. Owners retry what failed permanently and withdraw what is
// unsent, one message or all of the filter, after a question with their number.
import { Hono } from "hono";
import { html } from "./html.ts";
import { hasPermission } from "../accounts/rules/permissions.ts";
import { actOnMessage, noteOfAct, ownersOfLog } from "../api/message-acts.ts";
import { currentUserIdSql, readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { ApiError } from "../kernel/errors.ts";
import { changeAll, maxChanged, type LogAct, type LogScope } from "../notifications/delivery/log-acts.ts";
import { countShown } from "../notifications/delivery/store/log-acts.ts";
import { findMessage, listMessages } from "../notifications/delivery/store/log.ts";
import { listTemplatesWithAuthors } from "../notifications/texts/store/templates.ts";
import { breadcrumb, listSize } from "./components.ts";
import {
  actFor,
  bulkLinks,
  doneNote,
  filterForm,
  actQuestion,
  older,
  oneMessage,
  type LogView,
} from "./delivery-log-view.ts";
import { problem, readForm } from "./form.ts";
import { respondWithPage } from "./layout.ts";
import { deliveryLogPath as path, deliveryPath } from "./rules/links.ts";
import { readLogFilter, logQuery, type LogFilter } from "./rules/log-filter.ts";
import { signedIn } from "./session.ts";

const title = "Delivery log";

export const deliveryLogPages = new Hono<Env>()
  .get(path, signedIn, (c) => showLog(c, readLogFilter(c.req.query())))
  .post(`${path}/retry`, signedIn, (c) => actOnAll(c, "retry"))
  .post(`${path}/withdraw`, signedIn, (c) => actOnAll(c, "withdraw"))
  .post(`${path}/:id/retry`, signedIn, (c) => actOnOne(c, "retry", c.req.param("id")))
  .post(`${path}/:id/withdraw`, signedIn, (c) => actOnOne(c, "withdraw", c.req.param("id")));

async function actOnAll(c: Ctx, act: LogAct) {
  const fields = await readForm(c, ["status", "kind", "channel", "user", "until"]);
  const filter = readLogFilter(fields);
  const { actor } = await readAsUser(c, {}, { requires: ownersOfLog });
  const scope = { ...actScope(act, filter), ...(fields.until === "" ? {} : { until: fields.until }) };
  const { changed } = await changeAll(c.get("deps"), act, scope, noteOfAct(c, actor, act, null));
  return c.redirect(logQuery(path, filter, { done: act, count: String(changed) }), 303);
}

async function actOnOne(c: Ctx, act: LogAct, id: string) {
  const filter = readLogFilter(await readForm(c, ["status", "kind", "channel", "user"]));
  try {
    await actOnMessage(c, act, id);
    return c.redirect(logQuery(path, filter, { done: act, count: "1" }), 303);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    return showLog(c, filter, error);
  }
}

const scopeOf = ({ kind, channel, user }: LogFilter) => ({ template: kind, method: channel, user });

/** What an act on all of a filter is about: of the statuses only one that it is possible for narrows it. */
const actScope = (act: LogAct, filter: LogFilter): LogScope =>
  act === "withdraw" && filter.status !== undefined && actFor(filter.status) === "withdraw"
    ? { ...scopeOf(filter), status: filter.status }
    : scopeOf(filter);

async function showLog(c: Ctx, filter: LogFilter, error?: ApiError) {
  const self = currentUserIdSql(c);
  const { ask, id = "", before, done } = c.req.query();
  const asked = ask === "retry" || ask === "withdraw" ? ask : undefined;
  const { actor, kinds, rows, failed, unsent, one } = await readAsUser(c, {
    kinds: listTemplatesWithAuthors(),
    rows: listMessages(self, { ...scopeOf(filter), status: filter.status, before }, listSize + 1),
    failed: countShown("retry", actScope("retry", filter), self, maxChanged),
    unsent: countShown("withdraw", actScope("withdraw", filter), self, maxChanged),
    one: findMessage(self, id),
  });
  const now = c.get("deps").now();
  const manages = hasPermission(actor, "deployment:manage");
  const view: LogView = {
    filter,
    manages,
    now,
    counts: { retry: failed[0]!.count, withdraw: unsent[0]!.count },
    newest: rows[0]?.id,
  };
  const shown = rows.slice(0, listSize);
  const main = html`<section>
    ${breadcrumb([{ title: "Delivery", page: deliveryPath }], title)}
    <div class="head"><h1>${title}</h1></div>
    ${error === undefined ? doneNote(done, c.req.query("count")) : problem(error)}
    ${manages && asked !== undefined ? actQuestion(asked, id, one[0], view) : ""} ${filterForm(filter, kinds)}
    ${manages ? bulkLinks(view) : ""}
    ${
      shown.length === 0
        ? html`<div class="empty"><p>No deliveries match.</p></div>`
        : html`<ul class="items" role="list">
            ${shown.map((row) => oneMessage(row, view))}
          </ul>`
    }
    ${older(filter, before, rows.length > listSize ? shown.at(-1)!.id : undefined)}
  </section>`;
  return respondWithPage(c, { title, section: deliveryPath, actor, main }, error?.status);
}
