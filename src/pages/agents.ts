// The sessions of one's AI agents, wherever they run: which wait, work or have ended, what they said last, and a link to each.
import { Hono } from "hono";
import { html } from "./html.ts";
import { listSessionViews, type SessionRow, type SessionView } from "../agent-sessions/store/sessions.ts";
import { currentUserIdSql, readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { countLabel, moment, outwardLink, tag } from "./components.ts";
import { respondWithPage, type Html } from "./layout.ts";
import { agentsPath, questionPath } from "./rules/links.ts";
import { signedIn } from "./session.ts";

const refresh = 10;
const shown = 100;
const docs = "/docs/user-guides/agent-sessions";

export const agentPages = new Hono<Env>().get(agentsPath, signedIn, (c) => showAgents(c));

async function showAgents(c: Ctx) {
  const { now, config } = c.get("deps");
  const reads = { rows: listSessionViews(currentUserIdSql(c), undefined, shown) };
  const { actor, rows } = await readAsUser(c, reads);
  const live = rows.filter(({ session }) => session.endedAt === null).length;
  const main = html`<section>
    <div class="head">
      <h1>Agents</h1>
      <p class="count" data-part="count">
        ${rows.length === 0 ? "" : `${countLabel(live, "live session")}, latest change first`}
      </p>
    </div>
    <div data-part="agents">
      ${
        rows.length === 0
          ? noSessions
          : html`<ul class="items" role="list">
              ${rows.map(({ session, question }) =>
                sessionItem(session, question, { now: now(), accessUrl: config.accessUrl }),
              )}
            </ul>`
      }
    </div>
    <p class="aside">
      In a terminal: <code>belfry agent list</code>. <a href="${docs}">How agents report</a>
    </p>
  </section>`;
  return respondWithPage(c, { title: "Agents", actor, main, refresh });
}

const noSessions = html`<div class="empty">
  <p>No agent sessions in the last 7 days. Report one:</p>
  <pre><code>belfry agent set working --key demo --title "Fix the bug in the parser"</code></pre>
</div>`;

function sessionItem(
  session: SessionRow,
  question: SessionView["question"],
  { now, accessUrl }: { now: number; accessUrl: string },
): Html {
  // A question says what the session waits for.
  const said = question?.text ?? session.message;
  const { key, state, title, url, parent, appId, stateSince } = session;
  return html`<li class="row">
    <h2>${title}</h2>
    <p class="tags">${tag(state)}</p>
    <p>${appId === null ? key : "App of a workspace"}${parent === null ? "" : `, started by ${parent}`}</p>
    <p class="seen">${moment(stateSince, now)}</p>
    ${said === "" ? "" : html`<p class="answer plain">${said}</p>`}
    <div class="task-acts">
      ${question === null ? "" : html`<a class="button" href="${questionPath(question.id)}">Answer</a>`}
      ${url === null ? "" : outwardLink(url, "Open session", accessUrl, "button")}
    </div>
  </li>`;
}
