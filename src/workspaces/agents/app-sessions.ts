// What a workspace's app reports is the state of a session of its owner's, beside those that agents report themselves.
import type { Answers, SQL } from "../../../db/client.ts";
import { prebuildsUser, type AppState } from "../../../db/schema.ts";
import { prepareReport, sessionReads } from "../../agent-sessions/report-session.ts";
import { maxTitleBytes, type ReportedState } from "../../agent-sessions/rules/report.ts";
import type { Deps } from "../../kernel/deps.ts";
import { cutToBytes } from "../../kernel/rules/text.ts";
import { isWebUrl } from "../../kernel/rules/web-url.ts";
import type { StatementOrNotice } from "../../notifications/index.ts";
import { workspaceOwnerSql } from "../builds/store/workspaces.ts";
import type { AgentWorkspace } from "./agents.ts";
import { isStopping } from "./rules/agent-token.ts";
import { taskName } from "./rules/task.ts";
import type { NewStatus } from "./store/app-statuses.ts";

const states: Record<AppState, ReportedState> = {
  working: "working",
  idle: "waiting",
  complete: "done",
  failure: "failed",
};

/** By the workspace's id: a workspace that is created anew under the same name is another one. */
const keyOf = (workspaceId: string, slug: string) => `app/${workspaceId}/${slug}`;

export const appSessionReads = (workspaceId: string, { slug, state }: { slug: string; state: AppState }) =>
  sessionReads(workspaceOwnerSql(workspaceId), { key: keyOf(workspaceId, slug), state: states[state] });

/** Nothing for a prebuilt workspace, which is nobody's yet, and for one that is being stopped. */
export function reportAppSession(
  deps: Deps,
  read: Answers<ReturnType<typeof appSessionReads>>,
  {
    workspace,
    slug,
    status,
    isTask,
  }: { workspace: AgentWorkspace; slug: string; status: NewStatus; isTask: boolean },
  when: SQL,
): StatementOrNotice[] {
  const { id, name, ownerId, build } = workspace;
  if (ownerId === prebuildsUser.id || isStopping(build)) return [];
  const title = isTask ? taskName(build.aiTaskPrompt, name) : `${name} / ${slug}`;
  const report = {
    key: keyOf(id, slug),
    state: states[status.state],
    title: cutToBytes(title.replaceAll(/\s+/g, " "), maxTitleBytes),
    message: status.message,
    url: status.uri !== null && isWebUrl(status.uri) ? status.uri : null,
    appId: status.appId,
    isTask,
  };
  return prepareReport(deps, { userId: ownerId, workspaceId: id, when }, report, read).statements;
}
