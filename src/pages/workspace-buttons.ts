// What can be done to a workspace, as buttons: on its page, in its row of the list and on the page of a build.
import { html } from "./html.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { workspaceActions, type WorkspaceAction } from "../workspaces/builds/rules/workspace-actions.ts";
import type { BuildRow } from "../workspaces/builds/store/build-view.ts";
import type { Html } from "./layout.ts";
import { question } from "./question.ts";
import { workspacePathOf } from "./workspace-view.ts";

export const actionsOf = (row: BuildRow, actor: Actor): WorkspaceAction[] =>
  workspaceActions(
    {
      ownerId: row.workspace.ownerId,
      isDeleted: row.workspace.deletedAt !== null,
      isOutdated: row.build.versionId !== row.template.activeVersionId,
      status: row.build.status,
      transition: row.build.transition,
    },
    actor,
  );

const labels = {
  start: "Start",
  stop: "Stop",
  restart: "Restart",
  update: "Update",
  retry: "Retry",
  delete: "Delete",
  cancel: "Cancel build",
} satisfies Record<WorkspaceAction, string>;

const isUpdateOfStopped = ({ build }: BuildRow, action: WorkspaceAction) =>
  action === "update" && build.transition === "stop";

const labelOf = (row: BuildRow, action: WorkspaceAction): string =>
  action === "retry"
    ? `Retry ${row.build.transition}`
    : isUpdateOfStopped(row, action)
      ? "Update and start"
      : labels[action];

const questions: Partial<Record<WorkspaceAction, (name: string) => { title: string; text: string }>> = {
  stop: (name) => ({
    title: `Stop ${name}?`,
    text: "Running processes end. What the template does not keep on persistent storage is lost.",
  }),
  restart: (name) => ({
    title: `Restart ${name}?`,
    text: "The workspace stops, then starts with the same version. Running processes end. What the template does not keep on persistent storage is lost.",
  }),
  delete: (name) => ({
    title: `Delete ${name}?`,
    text: "The workspace's resources are destroyed, and everything stored in them is lost. This can't be undone.",
  }),
};

/** What ends something asks first, on the workspace's page: a retry of a deletion has been asked for. */
const asks = (action: WorkspaceAction): boolean => questions[action] !== undefined;

export interface ButtonsPlace {
  look: "button" | "quiet";
  /** The page to come back to; the workspace's unless it is given. */
  to?: string;
  /** The page that asks before something is lost, likewise. */
  asking?: string;
}

export function actionButtons(
  row: BuildRow,
  actions: readonly WorkspaceAction[],
  { look, to, asking = workspacePathOf(row) }: ButtonsPlace = { look: "button" },
): Html | string {
  if (actions.length === 0) return "";
  return html`<div class="acts controls">
    ${actions.map((action) => (asks(action) ? askLink(row, action, look, asking) : actionForm(row, action, look, to)))}
  </div>`;
}

const describedBy = (row: BuildRow, action: WorkspaceAction) =>
  `${labelOf(row, action)}: ${row.ownerName}/${row.workspace.name}`;

const askLink = (row: BuildRow, action: WorkspaceAction, look: string, asking: string): Html =>
  html`<a class="${look}" href="${asking}?ask=${action}" aria-label="${describedBy(row, action)}"
    >${labelOf(row, action)}</a
  >`;

const actionForm = (row: BuildRow, action: WorkspaceAction, look: string, to: string | undefined): Html =>
  html`<form method="post" action="${workspacePathOf(row)}/${action}">
    ${to === undefined ? "" : html`<input type="hidden" name="to" value="${to}" />`}
    <button class="${look}" type="submit" aria-label="${describedBy(row, action)}">
      ${labelOf(row, action)}
    </button>
  </form>`;

/** The question that a link to `?ask=` leads to, if the answer can still be yes. */
export function askedQuestion(
  row: BuildRow,
  actions: readonly WorkspaceAction[],
  asked: string | undefined,
  page = workspacePathOf(row),
): Html | string {
  const action = actions.find((one) => one === asked);
  const name = `${row.ownerName}/${row.workspace.name}`;
  const isTask = page !== workspacePathOf(row);
  const texts = action && questions[action]?.(isTask ? `the task and its workspace ${name}` : name);
  if (action === undefined || texts === undefined) return "";
  return question({
    ...texts,
    action: `${workspacePathOf(row)}/${action}`,
    label: `${labels[action]} ${isTask ? "task and workspace" : "workspace"}`,
    back: page,
    // A deleted task has no page.
    fields: { to: !isTask || action === "delete" ? undefined : page },
    isFinal: action === "delete",
  });
}
