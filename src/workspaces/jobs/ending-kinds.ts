// Notifications about the end of a build. A build ends once, so its id identifies the event.
import type { Deps } from "../../kernel/deps.ts";
import {
  defineKind,
  templateAdminRoles,
  templateAdmins,
  type KindAnswers,
  type PreparedEvent,
} from "../../notifications/index.ts";
import {
  excerptOf,
  failureKindOf,
  isOthersDeletion,
  type EndedBuild,
} from "../builds/rules/build-notifications.ts";
import { ownersOf } from "./store/endings.ts";

const owners = (buildIds: readonly string[]) => ({ userIdsSql: ownersOf(buildIds) });

const about = (build: EndedBuild) => ({
  targets: [build.workspaceId, build.ownerId, build.templateId, build.organizationId],
  createdBy: "provisionerdserver",
  identity: build.id,
});
const factsOf = ({ id, number, transition }: EndedBuild) => ({ build: { id, number, transition } });
const toOwner = ({ ownerId }: EndedBuild) => ({
  recipients: { people: [{ id: ownerId, why: "workspace_owner" as const }] },
});

export const workspaceDeleted = defineKind("workspace-deleted", {
  audience: owners,
  event: (build: EndedBuild) => ({
    ...about(build),
    ...toOwner(build),
    labels: { name: build.workspaceName, reason: "initiated by user", initiator: build.initiatorName },
    data: factsOf(build),
  }),
});

interface FailedBuild {
  build: EndedBuild;
  error: string;
}

export const autobuildFailed = defineKind("workspace-autobuild-failed", {
  audience: owners,
  event: ({ build, error }: FailedBuild) => ({
    ...about(build),
    ...toOwner(build),
    labels: { name: build.workspaceName, reason: build.reason },
    data: { ...factsOf(build), error: excerptOf(error) },
  }),
});

export const manualBuildFailed = defineKind("workspace-manual-build-failed", {
  audience: () => ({ roles: templateAdminRoles }),
  event: ({ build, error }: FailedBuild) => ({
    ...about(build),
    recipients: templateAdmins,
    labels: {
      name: build.workspaceName,
      template_name: build.templateName,
      template_version_name: build.versionName,
      initiator: build.initiatorName,
      workspace_owner_username: build.ownerName,
      workspace_build_number: String(build.number),
    },
    data: { ...factsOf(build), error: excerptOf(error) },
  }),
});

type SuccessAnswers = KindAnswers<typeof workspaceDeleted>;
type FailureAnswers = KindAnswers<typeof autobuildFailed> & KindAnswers<typeof manualBuildFailed>;

export const prepareSuccess = (deps: Deps, build: EndedBuild, facts: SuccessAnswers): PreparedEvent[] =>
  isOthersDeletion(build) ? [workspaceDeleted.prepare(deps, facts, build)] : [];

/** Also for builds that end because their provisioner is lost. */
export function prepareFailure(
  deps: Deps,
  build: EndedBuild,
  error: string,
  facts: FailureAnswers,
): PreparedEvent[] {
  const kind = failureKindOf(build);
  if (kind === undefined) return [];
  const failed = { build, error };
  return [
    kind === "autobuild"
      ? autobuildFailed.prepare(deps, facts, failed)
      : manualBuildFailed.prepare(deps, facts, failed),
  ];
}
