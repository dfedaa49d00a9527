// Needs you: what waits for the reader, above the inbox and as a page of its own, with what each can be answered by.
import { Hono } from "hono";
import { html, raw } from "./html.ts";
import { currentUserIdSql, readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { waitingDetail, waitingTitle, type WaitingKind } from "../workspaces/waiting/rules/waiting-texts.ts";
import { listWaiting, type WaitingRow } from "../workspaces/waiting/store/waiting.ts";
import { optionButtons } from "./answer-forms.ts";
import { countLabel, moment } from "./components.ts";
import { attributes, respondWithPage, respondWithPart, type Html } from "./layout.ts";
import {
  agentsPath,
  buildPath,
  buttonTarget,
  poolsPath,
  questionPath,
  taskPath,
  workspacePath,
} from "./rules/links.ts";
import { waitingIcon } from "./rules/inbox-item.ts";
import { signedIn } from "./session.ts";
import { inboxTabs } from "./inbox-view.ts";
import { needsYouPath as path } from "./rules/inbox-address.ts";
import { firstErrorId } from "./workspace-view.ts";

/** Rows above the inbox; the page has the others. */
const shownInInbox = 3;
const shownOnPage = 100;

const severities = {
  task: "info",
  agent: "info",
  question: "info",
  build: "warning",
  preset: "critical",
} as const satisfies Record<WaitingKind, string>;

/** For the inbox's own read. */
export const waitingRead = (c: Ctx) => listWaiting(currentUserIdSql(c), c.get("deps").now(), shownInInbox);

export const needsYouPages = new Hono<Env>().get(path, signedIn, (c) =>
  c.req.header("belfry-part") === undefined ? showPage(c) : showPart(c),
);

async function showPart(c: Ctx): Promise<Response> {
  const { waiting } = await readAsUser(c, { waiting: waitingRead(c) });
  return respondWithPart(c, section(c, waiting));
}

async function showPage(c: Ctx): Promise<Response> {
  const { now } = c.get("deps");
  const { actor, waiting } = await readAsUser(c, {
    waiting: listWaiting(currentUserIdSql(c), now(), shownOnPage),
  });
  const main = html`<section>
    <div class="head">
      <h1>Needs you</h1>
      <p class="count">
        ${waiting[0] === undefined ? "" : `${countLabel(waiting[0].total, "item")}, oldest first`}
      </p>
    </div>
    ${inboxTabs()}
    ${
      waiting.length === 0
        ? html`<div class="empty"><p>Nothing is waiting for you.</p></div>`
        : html`<h2 class="spoken">Waiting</h2>
            ${rows(c, waiting, path)}`
    }
    <p class="aside">In a terminal: <code>belfry waiting</code></p>
  </section>`;
  return respondWithPage(c, { title: "Needs you", section: "/inbox", actor, main });
}

/** With a place of its own for announcements: those of new notifications come at the same time. */
export const needsYou = (c: Ctx, waiting: readonly WaitingRow[]): Html =>
  html`${section(c, waiting)}
    <p class="spoken" id="needs-you-news" role="status"></p>`;

/** Empty while nothing waits; the script fills it then. `data-state` changes with what is shown, except for times. */
function section(c: Ctx, waiting: readonly WaitingRow[]): Html {
  const total = waiting[0]?.total ?? 0;
  const more = total - waiting.length;
  const state = `${total} ${waiting.map((row) => `${row.kind} ${row.id} ${row.since} ${waitingDetail(row)}`).join()}`;
  return html`<section
    id="needs-you"
    aria-labelledby="needs-you-title"
    data-count="${total}"
    data-now="${c.get("deps").now()}"
    ${attributes({ "data-state": state, hidden: total === 0 })}
  >
    ${
      total === 0
        ? ""
        : html`<h2 id="needs-you-title">Needs you <span class="count">${total}</span></h2>
            ${rows(c, waiting, "/inbox")}
            ${more > 0 ? html`<p class="more"><a href="${path}">and ${more} more</a></p>` : ""}`
    }
  </section>`;
}

/** `here`: the page that an act returns to. */
const rows = (c: Ctx, waiting: readonly WaitingRow[], here: string): Html =>
  html`<ul class="${here === path ? "items waiting whole" : "items waiting"}" role="list">
    ${waiting.map((row) => oneRow(c, row, here))}
  </ul>`;

function oneRow(c: Ctx, row: WaitingRow, here: string): Html {
  const { now, config } = c.get("deps");
  const { kind, id } = row;
  const severity = severities[kind];
  return html`<li class="waits" data-kind="${kind}">
    <svg class="severity" data-severity="${severity}" viewBox="0 0 20 20" aria-hidden="true">
      <path d="${raw(waitingIcon(kind))}" />
    </svg>
    <h3 id="w-${id}"><a href="${pageOf(row)}">${waitingTitle(row)}</a></h3>
    <span class="waits-for">${waitingDetail(row)}</span>
    ${moment(row.since, now())}
    <div class="acts">${act(row, here, config.accessUrl)}</div>
  </li>`;
}

function pageOf({ kind, id, ownerName, name, buildNumber }: WaitingRow): string {
  if (kind === "preset") return poolsPath;
  if (kind === "agent") return agentsPath;
  if (kind === "question") return questionPath(id);
  if (kind === "task") return taskPath(ownerName!, name);
  return `${buildPath(ownerName!, name, buildNumber!)}#${firstErrorId}`;
}

/** What answers it. A task is answered in its app, a session by its link; without one, a page says what there is. */
function act(row: WaitingRow, here: string, accessUrl: string): Html {
  const { kind, id, name, ownerName, appUrl, appName } = row;
  if (kind === "preset") return actForm(`${poolsPath}/presets/${id}/resume`, "Resume prebuilds", id, here);
  if (kind === "build") return actForm(`${workspacePath(ownerName!, name)}/retry`, "Retry", id, here);
  if (kind === "question") return answerTo(row, here);
  const target = appUrl === null ? null : buttonTarget(appUrl, accessUrl);
  const [page, place] = kind === "agent" ? ["View agents", "session"] : ["Open task", appName];
  return target === null
    ? html`<a class="button" href="${pageOf(row)}" aria-describedby="w-${id}">${page}</a>`
    : html`<a class="button" href="${target}" rel="noopener noreferrer" aria-describedby="w-${id}"
        >Open ${place}</a
      >`;
}

/** A press of an option answers; a text is given on the question's page. */
function answerTo(row: WaitingRow, here: string): Html {
  const { id } = row;
  const options = JSON.parse(row.options ?? "[]") as string[];
  const link = html`<a class="button" href="${pageOf(row)}" aria-describedby="w-${id}">Answer</a>`;
  return html`${optionButtons({ id, options }, { title: `w-${id}`, here })} ${row.takesText === 1 ? link : ""}`;
}

const actForm = (action: string, label: string, id: string, here: string): Html =>
  html`<form method="post" action="${action}">
    <input type="hidden" name="to" value="${here}" />
    <button class="button" type="submit" aria-describedby="w-${id}">${label}</button>
  </form>`;
