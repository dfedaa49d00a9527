// What can be done to a workspace, as buttons: on its page, in its row of the list and on the page of a build.
import { html } from "./html.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import { workspaceActions, type WorkspaceAction } from "../workspaces/builds/rules/workspace-actions.ts";
import type { BuildRow } from "../workspaces/builds/store/build-view.ts";
import type { Html } from "./layout.ts";
import { missingText, parameterFields, type ParameterDraft } from "./parameters-form.ts";
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

const whatIsLost = "Running processes end. Data outside persistent storage is lost.";

/** What ends something asks first, on the workspace's page: a retry of a deletion has been asked for. */
function textOf({ build }: BuildRow, action: WorkspaceAction): string | undefined {
  if (action === "stop") return whatIsLost;
  if (action === "restart") return `The workspace stops, then starts with the same version. ${whatIsLost}`;
  if (action === "update" && build.transition === "start")
    return `Belfry applies the active version to the running workspace. If that replaces a resource, its processes end and its data outside persistent storage is lost.`;
  if (action === "delete")
    return "The workspace's resources are destroyed, and everything stored in them is lost. This can't be undone.";
  return undefined;
}

/** Whether its build may need values that the workspace doesn't have. */
export const takesParameters = (action: WorkspaceAction): action is "start" | "update" | "retry" =>
  action === "start" || action === "update" || action === "retry";

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
    ${actions.map((action) => (textOf(row, action) !== undefined ? askLink(row, action, look, asking) : actionForm(row, action, look, to)))}
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

interface Asking {
  /** The page that asks; the workspace's unless it is given. */
  page?: string;
  /** Where the answer leads; the workspace's page unless it is given. */
  to?: string | undefined;
  draft?: ParameterDraft;
}

/** The question that a link to `?ask=` leads to; "" if there is nothing to ask. */
export function askedQuestion(
  row: BuildRow,
  action: WorkspaceAction,
  { page = workspacePathOf(row), to, draft }: Asking,
): Html | string {
  const lost = textOf(row, action);
  const lacks = draft !== undefined && draft.problems.length > 0;
  if (lost === undefined && !lacks) return "";
  const name = `${row.ownerName}/${row.workspace.name}`;
  const isTask = page !== workspacePathOf(row);
  const what = isTask ? `the task and its workspace ${name}` : name;
  return question({
    title: `${labelOf(row, action)} ${what}?`,
    // Once it was filled in, the fields say what is wrong.
    text: [lost, lacks && draft.sent === undefined ? missingText(draft) : undefined]
      .filter(Boolean)
      .join(" "),
    action: `${workspacePathOf(row)}/${action}`,
    label: `${labelOf(row, action)} ${isTask ? "task and workspace" : "workspace"}`,
    back: to ?? page,
    // A deleted task has no page.
    fields: { to: to ?? (!isTask || action === "delete" ? undefined : page) },
    content: lacks ? parameterFields(draft) : undefined,
    isFinal: action === "delete",
  });
}
