// An app reports its state. The report is stored, and the owner of an AI task is notified of it, in one write.
import type { Answers, Statement } from "../../../db/client.ts";
import type { AppState } from "../../../db/schema.ts";
import { andSql } from "../../accounts/store/manage.ts";
import type { Deps } from "../../kernel/deps.ts";
import { invalid } from "../../kernel/errors.ts";
import { admitAgent, agentReads, persistently } from "./agents.ts";
import type { Agent, AgentToken } from "./rules/agent-token.ts";
import { cleanMessage, judgeStatus } from "./rules/app-status.ts";
import { isLatestBuild } from "./store/agents.ts";
import {
  findStatus,
  getLatestWorkspaceAppStatusesByAppID,
  idOfAppAtWork,
  insertStatus,
  isLatestStatus,
  listAppsAtWork,
  noteUse,
  type NewStatus,
  purgeStatuses,
} from "./store/app-statuses.ts";
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
  apps: listAppsAtWork(token.workspaceId),
  latest: getLatestWorkspaceAppStatusesByAppID(idOfAppAtWork(token.workspaceId, slug, token.agentName), 1),
  ...taskKinds[state].reads(token.workspaceId),
});
type StatusFacts = Answers<ReturnType<typeof statusReads>>;

/** Two round trips. Throws 401, 409, and 400 for an app that the agent doesn't have. */
export async function reportAppStatus(deps: Deps, token: AgentToken, report: AppReport): Promise<void> {
  const id = deps.newId();
  await persistently(await deps.db.read(statusReads(token, report)), async (seen) => {
    const changes = decide(deps, token, report, seen, id);
    const {
      made,
      messages: _,
      ...now
    } = await writeAndNotify(deps, changes, {
      made: findStatus(id),
      ...statusReads(token, report),
    });
    return { done: made[0], now };
  });
}

function decide(
  deps: Deps,
  token: AgentToken,
  report: AppReport,
  seen: StatusFacts,
  id: string,
): StatementOrNotice[] {
  const now = deps.now();
  const { agent, workspace } = admitAgent(deps, token, seen);
  const appId = requireApp(seen, agent, report.slug);
  const [latest] = seen.latest;
  const news = judgeStatus(
    {
      state: report.state,
      previous: latest && { state: latest.state, since: latest.stateSince },
      isTask: workspace.build.hasAiTask && workspace.build.aiTaskSidebarAppId === appId,
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
  const isStill = andSql(isLatestBuild(workspace.build), isLatestStatus(appId, latest));
  const { holdUntil } = news;
  const events = news.tells
    ? [taskKinds[report.state].prepare(deps, seen, { workspace, status, holdUntil })]
    : [];
  const isInUse = report.state === "working" || latest?.state === "working";
  return [
    // First, because they go by what the app said before: sent again, they find the new status and do nothing.
    ...notifyOrCancel(workspace.id, events, news, now, isStill),
    ...insertStatus(status, isStill),
    ...(isInUse ? [noteUse(workspace.id, now, id)] : []),
  ];
}

function requireApp({ apps }: StatusFacts, agent: Agent, slug: string): string {
  const own = apps.filter(({ agentId }) => agentId === agent.id);
  const app = own.find((one) => one.slug === slug);
  if (app !== undefined) return app.id;
  const known = own.length === 0 ? "it has none" : `it has ${own.map((one) => one.slug).join(", ")}`;
  throw invalid("app_slug", `the agent has no app "${slug}"; ${known}`);
}

const retention = 30 * 86_400_000;
const slice = 500;

export const purgeWorkspaces = (deps: Deps): Statement[] => [purgeStatuses(deps.now() - retention, slice)];
