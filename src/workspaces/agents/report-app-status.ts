// An app reports its state. The report is stored, and the owner of an AI task is notified of it, in one write.
import type { Answers } from "../../../db/client.ts";
import type { AppState } from "../../../db/schema.ts";
import { andSql } from "../../accounts/store/manage.ts";
import type { Deps } from "../../kernel/deps.ts";
import { invalid } from "../../kernel/errors.ts";
import type { Purges } from "../../kernel/purge.ts";
import { retryOnConflict } from "../../kernel/retry-on-conflict.ts";
import { authenticateAgent, agentReads } from "./agents.ts";
import type { Agent, AgentToken } from "./rules/agent-token.ts";
import { cleanMessage, decideTaskNotification } from "./rules/app-status.ts";
import { whereLatestBuildIs } from "./store/agents.ts";
import {
  findStatus,
  getLatestWorkspaceAppStatusesByAppID,
  currentAppIdSql,
  insertStatus,
  whereLatestStatusIs,
  listCurrentApps,
  updateLastUsed,
  type NewStatus,
  deleteOldStatuses,
} from "./store/app-statuses.ts";
import { appSessionReads, reportAppSession } from "./app-sessions.ts";
import { notifyOrCancel, taskKinds } from "./task-notifications.ts";
import { writeAndNotify, type StatementOrNotice } from "../../notifications/index.ts";

export interface AppReport {
  slug: string;
  state: AppState;
  message: string;
  /** Empty: none. */
  uri: string;
}

const statusReads = (token: AgentToken, { slug, state }: AppReport) => ({
  ...agentReads(token),
  apps: listCurrentApps(token.workspaceId),
  latest: getLatestWorkspaceAppStatusesByAppID(currentAppIdSql(token.workspaceId, slug, token.agentName), 1),
  ...taskKinds[state].reads(token.workspaceId),
  ...appSessionReads(token.workspaceId, { slug, state }),
});
type StatusAnswers = Answers<ReturnType<typeof statusReads>>;

/** Two round trips. Throws 401, 409, and 400 for an app that the agent doesn't have. */
export async function reportAppStatus(deps: Deps, token: AgentToken, report: AppReport): Promise<void> {
  const id = deps.newId();
  await retryOnConflict(await deps.db.read(statusReads(token, report)), async (before) => {
    const changes = decide(deps, token, report, before, id);
    const {
      created,
      messages: _,
      ...after
    } = await writeAndNotify(deps, changes, {
      created: findStatus(id),
      ...statusReads(token, report),
    });
    return { done: created[0], after };
  });
}

function decide(
  deps: Deps,
  token: AgentToken,
  report: AppReport,
  before: StatusAnswers,
  id: string,
): StatementOrNotice[] {
  const now = deps.now();
  const { agent, workspace } = authenticateAgent(deps, token, before);
  const appId = requireApp(before, agent, report.slug);
  const [latest] = before.latest;
  const isTask = workspace.build.hasAiTask && workspace.build.aiTaskSidebarAppId === appId;
  const decision = decideTaskNotification(
    {
      state: report.state,
      previous: latest && { state: latest.state, since: latest.stateSince },
      isTask,
      lifecycleState: agent.lifecycleState,
      lifecycleChangedAt: agent.lifecycleChangedAt,
    },
    deps.config.tasks,
    now,
  );
  const status: NewStatus = {
    id,
    appId,
    workspaceId: workspace.id,
    state: report.state,
    message: cleanMessage(report.message),
    uri: report.uri || null,
    createdAt: now,
    stateSince: latest?.state === report.state ? latest.stateSince : now,
  };
  const unchanged = andSql(whereLatestBuildIs(workspace.build), whereLatestStatusIs(appId, latest));
  const { delayUntil } = decision;
  const events = decision.notifies
    ? [taskKinds[report.state].prepare(deps, before, { workspace, status, delayUntil })]
    : [];
  const how = report.state === "working" ? "working" : "over";
  const isInUse = report.state === "working" || latest?.state === "working";
  return [
    // First, because they go by what the app said before: sent again, they find the new status and do nothing.
    ...notifyOrCancel(workspace.id, events, decision, { now, how, when: unchanged }),
    ...reportAppSession(deps, before, { workspace, slug: report.slug, status, isTask }, unchanged),
    ...insertStatus(status, unchanged),
    ...(isInUse ? [updateLastUsed(workspace.id, now, id)] : []),
  ];
}

function requireApp({ apps }: StatusAnswers, agent: Agent, slug: string): string {
  const own = apps.filter(({ agentId }) => agentId === agent.id);
  const app = own.find((one) => one.slug === slug);
  if (app !== undefined) return app.id;
  const known = own.length === 0 ? "it has none" : `it has ${own.map((one) => one.slug).join(", ")}`;
  throw invalid("app_slug", `the agent has no app "${slug}"; ${known}`);
}

const retentionMs = 30 * 86_400_000;

export const appStatusPurges = (deps: Deps): Purges => ({
  appStatuses: (limit) => deleteOldStatuses(deps.now() - retentionMs, limit),
});
