// The navigation of signed-in users, in every page's header: a table of pages by group. A page that should be found there is
// one line of it. The groups that fold are `<details>`: they work without scripts and by keyboard.
import type { Actor } from "../accounts/rules/actor.ts";
import { hasPermission, type Permission } from "../accounts/rules/permissions.ts";
import { attributes, html, type Html } from "./html.ts";
import { unreadBadge } from "./unread.ts";
import {
  accountPath,
  agentsPath,
  deliveryPath,
  groupsPath,
  notificationSettingsPath,
  notificationTemplatesPath,
  poolsPath,
  provisionerKeysPath,
  receiversPath,
  rulesPath,
  sendPath,
  sourcesPath,
  tasksPath,
  templatesPath,
  usersPath,
  workspacesPath,
} from "./rules/links.ts";

export interface Entry {
  path: string;
  label: string;
  /** Only for those who have it; without it for everybody. */
  permission?: Permission;
}

/** For oneself: always shown. */
const main: readonly Entry[] = [
  { path: "/inbox", label: "Inbox" },
  { path: workspacesPath, label: "Workspaces" },
  { path: tasksPath, label: "Tasks" },
  { path: agentsPath, label: "Agents" },
  { path: templatesPath, label: "Templates" },
];

const deployment: readonly Entry[] = [
  { path: deliveryPath, label: "Delivery" },
  { path: sendPath, label: "Send a notification", permission: "notifications:send-to-others" },
  { path: notificationTemplatesPath, label: "Notification templates", permission: "deployment:read" },
  { path: receiversPath, label: "Receivers", permission: "deployment:read" },
  { path: rulesPath, label: "Rules", permission: "deployment:read" },
  { path: sourcesPath, label: "Sources", permission: "deployment:read" },
  { path: poolsPath, label: "Prebuilds", permission: "prebuilds:read" },
  { path: usersPath, label: "Users", permission: "users:read" },
  { path: groupsPath, label: "Groups", permission: "groups:read" },
  { path: provisionerKeysPath, label: "Provisioner keys", permission: "provisioner-keys:read" },
];

const account: readonly Entry[] = [
  { path: notificationSettingsPath, label: "Notification settings" },
  { path: accountPath, label: "Account settings" },
  { path: "/docs", label: "Documentation" },
];

/** Whose header it is. */
export type Viewer = Pick<Actor, "username" | "roles">;

export interface Place {
  path: string;
  /** The path of the list that the page belongs to. */
  section: string | undefined;
  /** Notifications that the user has not read. */
  unread: number;
}

/** What the header shows beside the name of the site. */
export function navigation(viewer: Viewer, place: Place): Html {
  const mark = marker(place);
  const forDeployment = allowed(deployment, viewer);
  return html`<nav class="navigation" aria-label="Main">
      ${main.map((entry) => link(entry, mark, entry.path === "/inbox" ? unreadBadge(place.unread) : ""))}
    </nav>
    ${forDeployment.length > 1 ? folded("Deployment", "Deployment", links(forDeployment, mark)) : ""}
    ${folded(
      "Account",
      html`<span class="who">${viewer.username}</span>`,
      html`<p>Signed in as <b>${viewer.username}</b></p>
        ${links(forDeployment.length > 1 ? account : [...forDeployment, ...account], mark)}
        <form method="post" action="/logout">
          <button type="submit">Sign out</button>
        </form>`,
    )}`;
}

const allowed = (entries: readonly Entry[], viewer: Viewer): Entry[] =>
  entries.filter(({ permission }) => permission === undefined || hasPermission(viewer, permission));

/** The value of aria-current for a path: one entry is marked, the page itself or else what it belongs to. */
function marker({ path, section }: Place): (entry: Entry) => "page" | "true" | undefined {
  const all = [...main, ...deployment, ...account];
  const isListed = all.some((entry) => entry.path === path);
  return (entry) => (entry.path === path ? "page" : !isListed && entry.path === section ? "true" : undefined);
}

const link = (entry: Entry, mark: ReturnType<typeof marker>, badge: Html | string = ""): Html =>
  html`<a href="${entry.path}" ${attributes({ "aria-current": mark(entry) })}>${entry.label}${badge}</a> `;

const links = (entries: readonly Entry[], mark: ReturnType<typeof marker>): Html =>
  html`<ul role="list">
    ${entries.map((entry) => html`<li>${link(entry, mark)}</li>`)}
  </ul>`;

/** Opening one closes the other: they share a name. */
const folded = (label: string, summary: Html | string, content: Html): Html =>
  html`<details class="menu" name="menu">
    <summary><span class="spoken">${summary === label ? "" : `${label}: `}</span>${summary}</summary>
    <nav aria-label="${label}">${content}</nav>
  </details>`;
