// Notifications about the end of a build. A build ends once, so its id identifies the event.
import type { SQL } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import {
  defineKind,
  resolveSituations,
  situationKey,
  templateAdminRoles,
  templateAdmins,
  type KindAnswers,
  type PreparedEvent,
  type StatementOrNotice,
} from "../../notifications/index.ts";
import {
  errorExcerpt,
  failureKind,
  isOthersDeletion,
  type EndingBuild,
} from "../builds/rules/build-notifications.ts";
import { workspaceOwnersByBuildSql } from "./store/endings.ts";

const workspaceOwners = (buildIds: readonly string[]) => ({
  userIdsSql: workspaceOwnersByBuildSql(buildIds),
});

const commonFields = (build: EndingBuild) => ({
  targets: [build.workspaceId, build.ownerId, build.templateId, build.organizationId],
  facts: { template: build.templateSlug, workspace: build.workspaceName, owner: build.ownerName },
  createdBy: "provisionerdserver",
  identity: build.id,
});
const buildData = ({ id, number, transition }: EndingBuild) => ({ build: { id, number, transition } });
const toOwner = ({ ownerId }: EndingBuild) => ({
  recipients: { people: [{ id: ownerId, why: "workspace_owner" as const }] },
});

export const workspaceDeleted = defineKind("workspace-deleted", {
  audience: workspaceOwners,
  event: (build: EndingBuild) => ({
    ...commonFields(build),
    ...toOwner(build),
    labels: { name: build.workspaceName, reason: "initiated by user", initiator: build.initiatorName },
    data: buildData(build),
  }),
});

/** The next build that succeeds, and the end of the workspace, resolve what a failed scheduled one began. */
export const endAutobuildFailure = (
  { workspaceId, transition, isAutobuildFailing }: EndingBuild & { isAutobuildFailing: number },
  at: number,
  when: SQL,
): StatementOrNotice[] =>
  isAutobuildFailing === 0
    ? []
    : [
        resolveSituations({
          keys: [autobuildKey(workspaceId)],
          at,
          how: transition === "delete" ? "over" : "succeeded",
          when,
        }),
      ];

interface FailedBuild {
  build: EndingBuild;
  error: string;
}

const autobuildKey = (workspaceId: string) => situationKey("autobuild", workspaceId);

export const autobuildFailed = defineKind("workspace-autobuild-failed", {
  audience: workspaceOwners,
  event: ({ build, error }: FailedBuild) => ({
    ...commonFields(build),
    ...toOwner(build),
    situation: { key: autobuildKey(build.workspaceId), isCalm: false },
    labels: { name: build.workspaceName, reason: build.reason },
    data: { ...buildData(build), error: errorExcerpt(error) },
  }),
});

export const manualBuildFailed = defineKind("workspace-manual-build-failed", {
  audience: () => ({ roles: templateAdminRoles }),
  event: ({ build, error }: FailedBuild) => ({
    ...commonFields(build),
    recipients: templateAdmins,
    labels: {
      name: build.workspaceName,
      template_name: build.templateName,
      template_version_name: build.versionName,
      initiator: build.initiatorName,
      workspace_owner_username: build.ownerName,
      workspace_build_number: String(build.number),
    },
    data: { ...buildData(build), error: errorExcerpt(error) },
  }),
});

type SuccessAnswers = KindAnswers<typeof workspaceDeleted>;
type FailureAnswers = KindAnswers<typeof autobuildFailed> & KindAnswers<typeof manualBuildFailed>;

export const prepareSuccess = (deps: Deps, build: EndingBuild, before: SuccessAnswers): PreparedEvent[] =>
  isOthersDeletion(build) ? [workspaceDeleted.prepare(deps, before, build)] : [];

/** Also for builds that end because their provisioner is lost. */
export function prepareFailure(
  deps: Deps,
  build: EndingBuild,
  error: string,
  before: FailureAnswers,
): PreparedEvent[] {
  const kind = failureKind(build);
  if (kind === undefined) return [];
  const failed = { build, error };
  return [
    kind === "autobuild"
      ? autobuildFailed.prepare(deps, before, failed)
      : manualBuildFailed.prepare(deps, before, failed),
  ];
}
