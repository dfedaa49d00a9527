// How long what nobody needs any more is kept.
import type * as z from "zod";
import { duration } from "./values.ts";

export const retentionVariables = {
  BELFRY_BUILD_LOG_RETENTION: duration("30d"),
  BELFRY_BUILD_RETENTION: duration("180d"),
  BELFRY_TEMPLATE_VERSION_RETENTION: duration("180d"),
  BELFRY_FILE_RETENTION: duration("7d"),
} satisfies Record<string, z.ZodType>;

/** Milliseconds. */
export interface RetentionConfig {
  /** Logs of builds that are not the latest of their workspace. */
  buildLogs: number;
  /** Earlier builds, and deleted workspaces. */
  builds: number;
  /** Versions of templates that were never used. */
  templateVersions: number;
  /** Files that no version has. */
  files: number;
}

export const toRetention = (env: z.infer<z.ZodObject<typeof retentionVariables>>): RetentionConfig => ({
  buildLogs: env.BELFRY_BUILD_LOG_RETENTION,
  builds: env.BELFRY_BUILD_RETENTION,
  templateVersions: env.BELFRY_TEMPLATE_VERSION_RETENTION,
  files: env.BELFRY_FILE_RETENTION,
});
