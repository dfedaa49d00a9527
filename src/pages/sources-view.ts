// HTML of sources: the list, the form that creates one, and one source with its people.
import { hasPermission } from "../accounts/rules/permissions.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { waitingMs } from "../sources/rules/source.ts";
import type { SourcePerson } from "../sources/store/people.ts";
import type { SourceRow } from "../sources/store/sources.ts";
import { countLabel, factList, keyToCopy, moment, momentAhead, tag } from "./components.ts";
import { html } from "./html.ts";
import { attributes, type Html } from "./layout.ts";
import { question } from "./question.ts";
import { sourcePath, sourcesPath, userPath } from "./rules/links.ts";

export const managesSources = (actor: Actor): boolean => hasPermission(actor, "deployment:manage");

/** An address that was just created: it is shown this once. */
export const addressNote = (done: string, address: string): Html =>
  html`<div class="note" role="status">
    <p>
      ${done} Copy the address now; it is not shown again. In Coder, set
      <code>CODER_NOTIFICATIONS_METHOD=webhook</code>, and set
      <code>CODER_NOTIFICATIONS_WEBHOOK_ENDPOINT</code> to this address.
    </p>
    ${keyToCopy("Address", address)}
  </div>`;

export const sourceList = (sources: readonly SourceRow[], now: number): Html =>
  sources.length === 0
    ? html`<div class="empty"><p>No sources yet.</p></div>`
    : html`<ul class="items people" role="list">
        ${sources.map((source) => listed(source, now))}
      </ul>`;

const listed = (source: SourceRow, now: number): Html =>
  html`<li class="person">
    <h2><a href="${sourcePath(source.name)}">${source.name}</a></h2>
    <p class="tags">
      ${source.isEnabled ? "" : tag("disabled")} ${source.unmatchedPeople === 0 ? "" : tag("unknown_people")}
    </p>
    <p class="who-is">
      Coder, ${countLabel(source.receivedCount, "notification")} received, ${source.unmatchedCount} for
      unknown people
    </p>
    <p class="seen">
      ${source.lastReceivedAt === null ? "nothing received" : html`last received ${moment(source.lastReceivedAt, now)}`}
    </p>
  </li>`;

export const sourceFacts = (source: SourceRow, now: number): Html =>
  factList({
    Kind: "Coder",
    Created: html`${moment(source.createdAt, now)} by ${source.creator ?? "a deleted user"}`,
    Received: `${countLabel(source.receivedCount, "notification")}, ${source.unmatchedCount} for unknown people`,
    "Last received": source.lastReceivedAt === null ? "never" : moment(source.lastReceivedAt, now),
    "Previous address":
      source.previousUntil === null || source.previousUntil <= now
        ? undefined
        : html`works until ${momentAhead(source.previousUntil, now)}`,
  });

const questions = {
  rotate: {
    title: "Create a new address for",
    text: "The current address keeps working for 24 hours. Any older address stops working now.",
    label: "Create new address",
  },
  delete: {
    title: "Delete",
    text: "Its address stops working, and notifications waiting for unknown people are lost. Delivered notifications stay. This can't be undone.",
    label: "Delete source",
    isFinal: true,
  },
} as const;

/** The buttons of a source, or the question that one of them asks. */
export function sourceControls(source: SourceRow, asked: string | undefined): Html {
  const page = sourcePath(source.name);
  if (asked === "rotate" || asked === "delete") {
    const { title, ...rest } = questions[asked];
    return question({ ...rest, title: `${title} ${source.name}?`, action: `${page}/${asked}`, back: page });
  }
  return html`<div class="acts controls">
    <form method="post" action="${page}/${source.isEnabled ? "disable" : "enable"}">
      <button class="button" type="submit">${source.isEnabled ? "Disable" : "Enable"}</button>
    </form>
    <a class="button" href="${page}?ask=rotate">New address</a>
    <a class="button" href="${page}?ask=delete">Delete</a>
  </div>`;
}

export interface PeopleView {
  source: SourceRow;
  people: readonly SourcePerson[];
  manages: boolean;
  now: number;
  /** The id of the person whom a question is about. */
  asked: string | undefined;
}

/** Those whom Belfry doesn't recognise first: each has a form. */
export function peopleLists(view: PeopleView): Html {
  const unknown = view.people.filter(({ userId }) => userId === null);
  const pinned = view.people.filter(({ userId }) => userId !== null);
  return html`<h2 id="unknown">Unknown people</h2>
    ${
      unknown.length === 0
        ? html`<p class="lead">No unknown people.</p>`
        : html`<p class="lead">
              Coder sent notifications to these people, but Belfry has no users for them. Pin each person to a
              user or create the user, who then gets the notifications of the last ${waitingMs / 3_600_000}
              hours and all later ones.
            </p>
            <ul class="items" role="list">
              ${unknown.map((person) => unknownPerson(person, view))}
            </ul>`
    }
    ${
      pinned.length === 0
        ? ""
        : html`<h2 id="pinned">Pinned people</h2>
            <ul class="items people" role="list">
              ${pinned.map((person) => pinnedPerson(person, view))}
            </ul>`
    }`;
}

const labelOf = ({ name, username, email, foreignId }: SourcePerson): string =>
  name || username || email || foreignId;

const personPath = (view: PeopleView, person: SourcePerson, act: string): string =>
  `${sourcePath(view.source.name)}/people/${person.foreignId}/${act}`;

function unknownPerson(person: SourcePerson, view: PeopleView): Html {
  const { username, email, missed, waiting, lastSeenAt, foreignId } = person;
  return html`<li class="row">
    <h3 id="p-${foreignId}">${labelOf(person)}</h3>
    <p class="plain">${[username, email].filter(Boolean).join(" · ")}</p>
    <p class="plain">
      ${countLabel(missed, "notification")} received, ${waiting} waiting · last
      ${moment(lastSeenAt, view.now)}
    </p>
    <p class="plain"><code>${foreignId}</code></p>
    ${view.manages ? identify(person, view) : ""}
  </li>`;
}

function lossOf(waiting: number): string {
  if (waiting === 0) return "No notifications are waiting for them.";
  return `${waiting === 1 ? "1 waiting notification" : `${waiting} waiting notifications`} will be lost.`;
}

/** Who it is: the forms; or the question before what waits is lost. */
function identify(person: SourcePerson, view: PeopleView): Html {
  const { foreignId, suggested, waiting } = person;
  if (view.asked === foreignId)
    return html`<div class="identify">
      ${question({
        title: `Discard ${labelOf(person)}?`,
        text: lossOf(waiting),
        action: personPath(view, person, "forget"),
        label: "Discard person",
        back: sourcePath(view.source.name),
        isFinal: true,
      })}
    </div>`;
  return html`<div class="identify">
    <form class="inline" method="post" action="${personPath(view, person, "pin")}">
      <label for="u-${foreignId}">User in Belfry</label>
      <input
        id="u-${foreignId}"
        name="user"
        value="${suggested ?? ""}"
        ${attributes({ required: true, autocomplete: "off", autocapitalize: "none", spellcheck: "false" })}
      />
      <button class="button primary" type="submit" aria-describedby="p-${foreignId}">Pin to this user</button>
    </form>
    <div class="acts">
      <form method="post" action="${personPath(view, person, "create")}">
        <button class="button" type="submit" aria-describedby="p-${foreignId}">Create this user</button>
      </form>
      <a
        class="quiet"
        href="${sourcePath(view.source.name)}?ask=forget&person=${foreignId}"
        aria-describedby="p-${foreignId}"
        >Discard</a
      >
    </div>
  </div>`;
}

function pinnedPerson(person: SourcePerson, view: PeopleView): Html {
  const { foreignId, pinnedTo, pinnedAt, username } = person;
  return html`<li class="person">
    <h3 id="p-${foreignId}">
      ${pinnedTo === null ? "Deleted user" : html`<a href="${userPath(pinnedTo)}">${pinnedTo}</a>`}
    </h3>
    ${
      view.manages
        ? html`<form method="post" action="${personPath(view, person, "forget")}">
            <button class="quiet" type="submit" aria-describedby="p-${foreignId}">Unpin</button>
          </form>`
        : html`<span></span>`
    }
    <p class="who-is">${username === "" ? "" : html`${username} in Coder, `}<code>${foreignId}</code></p>
    <p class="seen">pinned ${moment(pinnedAt ?? 0, view.now)}</p>
  </li>`;
}

export const sourcesAside = html`<p class="aside">
  <a href="/docs/administration/sources">How to connect Coder</a>
</p>`;

export const sourcesCrumb = { title: "Sources", page: sourcesPath };
