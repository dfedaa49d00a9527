// The OpenAPI document of a process.
import { createApi } from "../api/index.ts";
import type { Config } from "../config/config.ts";
import { openApiDocument } from "../http/openapi.ts";
import type { Deps } from "../kernel/deps.ts";

/** Created at the first request for it: it takes as long as fifty other requests, too long for a start. */
export function describeOnce(config: () => Config): Deps["openApi"] {
  let document: Record<string, unknown> | undefined;
  return async () => (document ??= openApiDocument(createApi(), config().accessUrl));
}
