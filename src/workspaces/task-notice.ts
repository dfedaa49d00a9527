// What a workspace's owner is told about its AI task, and taking back what is no longer true. Reporting an app's status
// composes its write of these.
import type { SQL, Statement } from "../../db/client.ts";
import type { AppState } from "../../db/schema.ts";
import { allOf } from "../accounts/store/manage.ts";
import type { Deps } from "../deps.ts";
import { enqueue } from "../notifications/enqueue.ts";
import { planEvent, type EventPlan } from "../notifications/plan.ts";
import { enqueueReads, type EnqueueAnswers } from "../notifications/reads.ts";
import { minuteBucket } from "../notifications/rules/route.ts";
import { nothingHeldBack, takeBackMessages } from "../notifications/store/held.ts";
import type { AgentWorkspace } from "./agents.ts";
import { taskName } from "./rules/app-message.ts";
import type { TaskNews } from "./rules/task-news.ts";
import { ownerOf, prefixedAppsAtWork, type NewStatus } from "./store/app-statuses.ts";

const subjectPrefix = "app-status ";

/** Coder's ids. */
const templates: Record<AppState, string> = {
  working: "bd4b7168-d05e-4e19-ad0f-3593b77aa90f",
  idle: "d4a6271c-cced-4ed0-84ad-afd02a9c7799",
  complete: "8c5a4d12-9f7e-4b3a-a1c8-6e4f2d9b5a7c",
  failure: "3b7e8f1a-4c2d-49a6-b5e9-7f3a1c8d6b4e",
};

export const taskNoticeReads = (workspaceId: string, state: AppState) =>
  enqueueReads(templates[state], { among: ownerOf(workspaceId) });

export function planTaskNotice(
  deps: Deps,
  read: EnqueueAnswers,
  workspace: AgentWorkspace,
  status: NewStatus,
  { holdUntil }: TaskNews,
): EventPlan {
  const { ownerId, organizationId } = workspace;
  return planEvent(
    deps,
    {
      labels: { task: taskName(workspace.build.aiTaskPrompt, workspace.name), workspace: workspace.name },
      data: {
        dedupe_bypass_ts: minuteBucket(status.createdAt),
        message: status.message,
        uri: status.uri ?? "",
      },
      targets: [workspace.id, ownerId, organizationId, status.appId],
      createdBy: "api-workspace-agent-app-status",
      // Each change is news, also the second of its kind within a minute.
      identity: `app-status ${status.id}`,
      circle: { people: [{ id: ownerId, why: "workspace_owner" }] },
      holdUntil,
      subject: subjectOf(status.appId),
    },
    read,
  );
}

const subjectOf = (appId: string) => `${subjectPrefix}${appId}`;

export const tellOrTakeBack = (
  appId: string,
  plans: readonly EventPlan[],
  news: TaskNews,
  now: number,
  when: SQL,
): Statement[] => {
  const subject = subjectOf(appId);
  const mayTell = news.unlessHeldBack ? allOf(when, nothingHeldBack(subject)) : when;
  return [
    ...plans.flatMap((plan) => enqueue(plan, { when: mayTell })),
    ...(news.takesBack ? takeBackMessages(subject, now, when) : []),
  ];
};

/** A workspace that is stopped or deleted waits for nobody: what was held back of its apps is told no more. */
export const takeBackOfWorkspace = (workspaceId: string, now: number, when: SQL): Statement[] =>
  takeBackMessages(prefixedAppsAtWork(workspaceId, subjectPrefix), now, when);
