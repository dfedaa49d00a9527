// What a build is asked to be, and what is read to decide it.
import type { Answers, SQL } from "../../../db/client.ts";
import type { KeyedRequest } from "../../../db/idempotency.ts";
import type { BuildReason, Transition } from "../../../db/schema.ts";
import { workspaceUpdated } from "./build-kinds.ts";
import type { ParameterValue } from "./rules/next-build.ts";
import {
  findPreset,
  findVersion,
  listDefinitions,
  listLatestValues,
  listPresetValues,
  nextVersion,
} from "./store/builds.ts";
import { findWorkspace } from "./store/workspaces.ts";

export interface BuildRequest {
  transition: Transition;
  versionId?: string | undefined;
  presetId?: string | undefined;
  parameters: readonly ParameterValue[];
  reason?: BuildReason;
  /** End the workspace without its provisioner; its resources stay. */
  orphan?: boolean;
  /** Where the caller may send it again. */
  keyed?: KeyedRequest | undefined;
}

/** What the next build of a workspace depends on; one read. */
export const buildReads = (workspaceId: SQL | string, self: SQL, request: BuildRequest) => {
  const versionId = nextVersion(workspaceId, request.versionId);
  return {
    workspace: findWorkspace(workspaceId, self),
    version: findVersion(versionId),
    definitions: listDefinitions(versionId),
    previous: listLatestValues(workspaceId),
    preset: findPreset(request.presetId),
    presetValues: listPresetValues(request.presetId),
    ...workspaceUpdated.reads(workspaceId),
  };
};
export type BuildFacts = Answers<ReturnType<typeof buildReads>>;
