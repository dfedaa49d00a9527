// What a workspace's owner is notified of about its AI task, and withdrawing an idle that is over before anybody received
// it. Reporting an app's status composes its write of these.
import type { SQL, Statement } from "../../../db/client.ts";
import type { AppState } from "../../../db/schema.ts";
import { allOf } from "../../accounts/store/manage.ts";
import type { Deps } from "../../kernel/deps.ts";
import { outboxStatements } from "../../notifications/outbox/enqueue.ts";
import { prepareEvent, type PreparedEvent } from "../../notifications/outbox/prepare-event.ts";
import { enqueueReads, type EnqueueAnswers } from "../../notifications/outbox/reads.ts";
import { minuteBucket } from "../../notifications/outbox/rules/delivery-plan.ts";
import { whereNothingPending, cancelPending } from "../../notifications/outbox/store/pending.ts";
import type { AgentWorkspace } from "./agents.ts";
import { taskName } from "./rules/app-message.ts";
import type { TaskNews } from "./rules/task-notification.ts";
import { ownerOf, type NewStatus } from "./store/app-statuses.ts";

/** A workspace has one task: whatever build's app reported that it is idle, a later build's app reports that it is not. */
const subjectOf = (workspaceId: string) => `ai-task ${workspaceId}`;

/** Coder's ids. */
const templates: Record<AppState, string> = {
  working: "bd4b7168-d05e-4e19-ad0f-3593b77aa90f",
  idle: "d4a6271c-cced-4ed0-84ad-afd02a9c7799",
  complete: "8c5a4d12-9f7e-4b3a-a1c8-6e4f2d9b5a7c",
  failure: "3b7e8f1a-4c2d-49a6-b5e9-7f3a1c8d6b4e",
};

export const taskNoticeReads = (workspaceId: string, state: AppState) =>
  enqueueReads(templates[state], { userIdsSql: ownerOf(workspaceId) });

export function planTaskNotice(
  deps: Deps,
  read: EnqueueAnswers,
  workspace: AgentWorkspace,
  status: NewStatus,
  { holdUntil }: TaskNews,
): PreparedEvent {
  const { ownerId, organizationId } = workspace;
  const minute = minuteBucket(status.createdAt);
  return prepareEvent(
    deps,
    {
      labels: { task: taskName(workspace.build.aiTaskPrompt, workspace.name), workspace: workspace.name },
      data: {
        dedupe_bypass_ts: minute,
        message: status.message,
        uri: status.uri ?? "",
      },
      targets: [workspace.id, ownerId, organizationId, status.appId],
      createdBy: "api-workspace-agent-app-status",
      // Coder's rule: the same content at most once a minute. Changes of a flapping agent are many, its kinds are few.
      identity: `app-status ${status.appId} ${minute}`,
      recipients: { people: [{ id: ownerId, why: "workspace_owner" }] },
      holdUntil,
      // Working on, completion and failure stay true: nothing withdraws them.
      ...(status.state === "idle" ? { subject: subjectOf(workspace.id) } : {}),
    },
    read,
  );
}

/** The order matters: whether an idle waits to be withdrawn is asked before it is. */
export const tellOrTakeBack = (
  workspaceId: string,
  plans: readonly PreparedEvent[],
  news: TaskNews,
  now: number,
  when: SQL,
): Statement[] => {
  const subject = subjectOf(workspaceId);
  const mayTell = news.unlessHeldBack ? allOf(when, whereNothingPending(subject)) : when;
  const created = plans.map(({ eventId }) => eventId);
  return [
    ...plans.flatMap((plan) => outboxStatements(plan, { when: mayTell })),
    ...(news.takesBack ? cancelPending(subject, now, when, created) : []),
  ];
};

/** A workspace that is stopped or deleted waits for nobody: its delayed idle is withdrawn. */
export const takeBackOfWorkspace = (workspaceId: string, now: number, when: SQL): Statement[] =>
  cancelPending(subjectOf(workspaceId), now, when);
