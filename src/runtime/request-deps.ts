// The application's dependencies in a process that lives on: what lasts, and what each request brings.
import { createApi } from "../api/index.ts";
import type { Config } from "../config/config.ts";
import type { OpenEventStream } from "../http/event-stream.ts";
import { openApiDocument } from "../http/openapi.ts";
import type { Deps } from "../kernel/deps.ts";
import type { OwnProcess } from "./process.ts";
import { holderOf, watchHere } from "./watch.ts";

/** The application's access to a request's connection. */
export interface Connection {
  openSocket: Deps["openSocket"];
  /** Where the runtime has its own streams. */
  openStream?: OpenEventStream;
}

/** For requests that are not upgrades. */
export const noSocket: Deps["openSocket"] = () => {
  throw new Error("the request is not an upgrade");
};
const noConnection: Connection = { openSocket: noSocket };

type OfRequest = "config" | "requestId" | "clientAddress" | "watchInbox" | "openSocket";
type Lasting = Omit<Deps, OfRequest | "openApi" | "trace"> & { process: OwnProcess };

/** `config`: the port is known once the server listens. */
export function createRequestDeps(config: () => Config, given: Lasting) {
  const lasting = { ...given, trace: null, openApi: describeOnce(config) };
  const holder = holderOf(lasting);
  return (
    clientAddress: string | null = null,
    { openSocket, openStream }: Connection = noConnection,
  ): Deps => ({
    ...lasting,
    config: config(),
    requestId: lasting.newId(),
    clientAddress,
    watchInbox: (watch) => watchHere({ ...holder, openStream }, openSocket, watch),
    openSocket,
  });
}

/** Created at the first request for it: it takes as long as fifty other requests, too long for a start. */
function describeOnce(config: () => Config): Deps["openApi"] {
  let document: Record<string, unknown> | undefined;
  return async () => (document ??= openApiDocument(createApi(), config().accessUrl));
}
