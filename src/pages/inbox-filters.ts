// The filters of the inbox: a menu of links, and what is filtered by. Works without scripts.
import { html } from "./html.ts";
import type { Choice } from "../notifications/inbox/store/inbox-pages.ts";
import { kindTitle } from "../notifications/kinds/kinds.ts";
import { attributes, type Html } from "./layout.ts";
import { inboxPath, type InboxAddress } from "./rules/inbox-address.ts";

const headings: Record<Choice["type"], string> = {
  kind: "Kind",
  workspace: "Workspace",
  template: "Template",
  preset: "Preset",
};

/** The address with this choice in addition, on its first page. */
const withChoice = (address: InboxAddress, { type, id }: Pick<Choice, "type" | "id">): string =>
  inboxPath({ ...address, cursor: undefined, [type === "kind" ? "kind" : "about"]: id });

const isChosen = ({ kind, about }: InboxAddress, { type, id }: Choice): boolean =>
  id === (type === "kind" ? kind : about);

/** The menu costs as much as the list: it is read when it is asked for. */
export const filterLink = (address: InboxAddress): Html => {
  const path = inboxPath(address);
  return html`<a
    class="filter"
    id="filters"
    data-act="filters"
    href="${path}${path.includes("?") ? "&" : "?"}filters=1"
    >Filter</a
  >`;
};

export function filterMenu(address: InboxAddress, choices: readonly Choice[]): Html {
  const groups = Map.groupBy(choices, ({ type }) => type);
  return html`<details class="pop" id="filters" open>
    <summary>Filter</summary>
    <div>
      ${choices.length === 0 ? html`<p>Nothing to filter by.</p>` : ""}
      ${Object.entries(headings).map(([type, heading]) => {
        const all = groups.get(type as Choice["type"]) ?? [];
        return all.length === 0
          ? ""
          : html`<h2 id="f-${type}">${heading}</h2>
              <ul role="list" aria-labelledby="f-${type}">
                ${all.map((choice) => choiceLink(address, choice))}
              </ul>`;
      })}
    </div>
  </details>`;
}

const choiceLink = (address: InboxAddress, choice: Choice): Html =>
  html`<li>
    <a
      href="${withChoice(address, choice)}"
      ${attributes({ "aria-current": isChosen(address, choice) ? "true" : undefined })}
      >${choice.type === "kind" ? kindTitle(choice.id, choice.name) : choice.name}</a
    >
  </li>`;

/** What is filtered by, each with a link that leaves it out. */
export function filtersInUse(address: InboxAddress, choices: readonly Choice[]): Html | string {
  const { kind, about } = address;
  const first = { ...address, cursor: undefined };
  const used: Html[] = [];
  if (kind !== undefined) {
    const name = kindTitle(kind, choices.find(({ id }) => id === kind)?.name ?? "unknown");
    used.push(filterInUse("Kind", name, inboxPath({ ...first, kind: undefined })));
  }
  if (about !== undefined) {
    const { type, name } = choices.find(({ id, type }) => type !== "kind" && id === about) ?? {};
    const heading = type === undefined ? "About" : headings[type];
    used.push(filterInUse(heading, name ?? "something deleted", inboxPath({ ...first, about: undefined })));
  }
  return used.length === 0
    ? ""
    : html`<ul class="filters" role="list" aria-label="Filters">
        ${used}
      </ul>`;
}

const filterInUse = (heading: string, name: string, without: string): Html =>
  html`<li>
    <span>${heading}: <strong>${name}</strong></span>
    <a href="${without}" aria-label="Remove the filter ${heading}: ${name}">✕</a>
  </li>`;
