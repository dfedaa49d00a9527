// What template admins are told of a preset whose pool is not filled any more. The pass sends it with the mark.
import type { NotificationEvent } from "../../../notifications/outbox/prepare-event.ts";
import { templateAdmins } from "../../../notifications/outbox/rules/recipients.ts";
import { resumeLine } from "./resume-command.ts";
import type { FailedBuild, PermanentFailure, Pool } from "./snapshot.ts";

export const poolKinds = {
  hardLimited: "414d9331-c1fc-4761-b40c-d1f4702279eb",
  validationFailed: "7c1f0a52-9d5e-4d0b-8f3c-2b6a4e1d9c07",
} as const;

/** Failures that a notice shows. */
const mostShown = 5;
/** Characters of an error's first line. */
const longestLine = 300;

/** The first line that says something, cut to what fits into a list. */
export function firstLine(error: string): string {
  const line =
    error
      .split(/\r?\n/)
      .find((one) => one.trim() !== "")
      ?.trim() ?? "it gave no reason";
  return line.length > longestLine ? `${line.slice(0, longestLine - 1)}…` : line;
}

/** `at` names the episode: each is told once. */
export const eventOfLimit = (
  pool: Pool,
  known: { limit: number; failures: readonly FailedBuild[]; eligible: number; at: number },
): NotificationEvent => ({
  ...about(pool),
  identity: `hard_limit:${pool.presetId}:${known.at}`,
  data: {
    limit: known.limit,
    eligible: known.eligible,
    resume: resumeLine(pool.templateName, pool.presetName),
    failures: known.failures.slice(0, mostShown).map(toldFailure),
  },
});

const toldFailure = ({ workspaceName, buildNumber, buildId, error }: FailedBuild | PermanentFailure) => ({
  workspace: workspaceName,
  build_number: buildNumber,
  build_id: buildId,
  error: firstLine(error),
});

export const eventOfInvalid = (
  pool: Pool,
  known: {
    missing: readonly string[];
    invalid: readonly { name: string; problem: string }[];
    failure: PermanentFailure | null;
    eligible: number;
    at: number;
  },
): NotificationEvent => ({
  ...about(pool),
  identity: `validation_failed:${pool.presetId}:${known.at}`,
  data: {
    missing: known.missing,
    invalid: known.invalid,
    failure: known.failure === null ? null : toldFailure(known.failure),
    resume: resumeLine(pool.templateName, pool.presetName),
    eligible: known.eligible,
  },
});

const about = (pool: Pool) => ({
  labels: {
    org: pool.organizationName,
    preset: pool.presetName,
    template: pool.templateName,
    template_version: pool.versionName,
  },
  targets: [pool.templateId, pool.versionId, pool.presetId, pool.organizationId],
  createdBy: "prebuilds_reconciler",
  recipients: templateAdmins,
});
