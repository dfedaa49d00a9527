// Notifications about an AI task for the workspace's owner. A delayed idle is withdrawn when the task continues.
import type { SQL } from "../../../db/client.ts";
import type { AppState } from "../../../db/schema.ts";
import { andSql } from "../../accounts/store/manage.ts";
import {
  cancelPending,
  defineKind,
  minuteBucket,
  notify,
  resolveSituations,
  situationKey,
  usernameOf,
  whereNothingPending,
  type PersonRead,
  type PreparedEvent,
  type StatementOrNotice,
} from "../../notifications/index.ts";
import type { AgentWorkspace } from "./agents.ts";
import type { TaskNotification } from "./rules/app-status.ts";
import { taskName } from "./rules/task.ts";
import { workspaceOwnersSql, type NewStatus } from "./store/app-statuses.ts";

/** A workspace has one task: whatever build's app reported that it is idle, a later build's app reports that it is not. */
const taskKey = (workspaceId: string) => situationKey("task", workspaceId);

interface TaskStatus {
  workspace: AgentWorkspace;
  status: NewStatus;
  delayUntil: number | undefined;
}

/** One app reports one state at a time, so that the four are read by one name. */
const ofTask = {
  slot: "task",
  audience: (workspaceId: string) => ({ userIdsSql: workspaceOwnersSql(workspaceId) }),
  event: ({ workspace, status, delayUntil }: TaskStatus, people: readonly PersonRead[]) => {
    const { ownerId, organizationId } = workspace;
    const minute = minuteBucket(status.createdAt);
    return {
      labels: { task: taskName(workspace.build.aiTaskPrompt, workspace.name), workspace: workspace.name },
      data: { dedupe_bypass_ts: minute, message: status.message, uri: status.uri ?? "" },
      facts: {
        template: workspace.templateName,
        workspace: workspace.name,
        owner: usernameOf(people, ownerId),
      },
      targets: [workspace.id, ownerId, organizationId, status.appId],
      createdBy: "api-workspace-agent-app-status",
      // Coder's rule: the same content at most once a minute. Changes of a flapping agent are many, its kinds are few.
      identity: `app-status ${status.appId} ${minute}`,
      recipients: { people: [{ id: ownerId, why: "workspace_owner" as const }] },
      notBefore: delayUntil,
      // Working on, completion and failure stay true: nothing withdraws them. Each time that it waits, it waits for an answer.
      ...(status.state === "idle" ? { situation: { key: taskKey(workspace.id), isCalm: false } } : {}),
    };
  },
} as const;

export const taskKinds = {
  working: defineKind("task-working", ofTask),
  idle: defineKind("task-idle", ofTask),
  complete: defineKind("task-completed", ofTask),
  failure: defineKind("task-failed", ofTask),
} satisfies Record<AppState, unknown>;

/** The order matters: whether an idle waits to be withdrawn is asked before it is. */
export const notifyOrCancel = (
  workspaceId: string,
  events: readonly PreparedEvent[],
  decision: TaskNotification,
  { now, how, when }: { now: number; how: "working" | "over"; when: SQL },
): StatementOrNotice[] => {
  const subject = taskKey(workspaceId);
  const mayNotify = decision.onlyIfIdleDelivered ? andSql(when, whereNothingPending(subject)) : when;
  const created = events.map(({ eventId }) => eventId);
  return [
    ...events.map((event) => notify(event, { when: mayNotify })),
    ...(decision.isIdleOver
      ? [
          ...cancelPending(subject, now, when, created),
          resolveSituations({ keys: [subject], at: now, how, when, created }),
        ]
      : []),
  ];
};

/** A stopped or deleted workspace isn't idle: its delayed notification is withdrawn, and nobody is waited for. */
export const endTaskSituation = (workspaceId: string, now: number, when: SQL): StatementOrNotice[] => [
  ...cancelPending(taskKey(workspaceId), now, when),
  resolveSituations({ keys: [taskKey(workspaceId)], at: now, how: "over", when }),
];
