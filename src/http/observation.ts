// What is noted about every request: the trace that it belongs to, its metrics, and a line of the access log.
import { routePath } from "hono/route";
import type { Deps } from "../kernel/deps.ts";
import { withBatchLog } from "../kernel/log.ts";
import { parseTraceparent } from "../kernel/rules/trace.ts";
import { recordSpan, traceOf, withTrace } from "../kernel/tracing.ts";
import { withoutSecret } from "../sources/rules/source.ts";
import type { Ctx } from "./context.ts";

/** Gives the request its dependencies; the returned function is called once there is a response. */
export function beginRequest(c: Ctx, given: Deps): () => void {
  const { measures } = given.process;
  const started = performance.now();
  measures?.requestStarted();
  const parent = parseTraceparent(c.req.header("traceparent"));
  const trace = traceOf(given, parent);
  const log = given.log.with({ request_id: given.requestId, ...(trace && { trace_id: trace.traceId }) });
  const db = withBatchLog(given.db, log, given.config.logLevel);
  const start = given.now();
  const deps = { ...given, log, db };
  c.set("deps", trace === null ? deps : withTrace(deps, trace));
  return () => {
    const { method } = c.req;
    const route = routeOf(c);
    const { status } = c.res;
    const milliseconds = performance.now() - started;
    measures?.requestEnded({ method, route, status, milliseconds });
    if (deps.config.accessLog) log.info("request", accessEntry(c, deps, { route, milliseconds }));
    recordSpan(deps, trace, parent, {
      name: `${method} ${route}`,
      kind: "server",
      start,
      attributes: {
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": status,
        "belfry.request_id": deps.requestId,
      },
      isFailed: status >= 500,
    });
  };
}

/** No query, which may hold a secret, and no body. */
const accessEntry = (
  c: Ctx,
  { clientAddress }: Deps,
  { route, milliseconds }: { route: string; milliseconds: number },
) => ({
  method: c.req.method,
  path: withoutSecret(c.req.path),
  route,
  status: c.res.status,
  ms: Math.round(milliseconds * 10) / 10,
  client: clientAddress,
  user_id: c.get("actor")?.userId,
  user_agent: c.req.header("user-agent"),
});

/** The pattern of the route that answered; one name for all paths that have none. */
function routeOf(c: Ctx): string {
  const path = routePath(c);
  if (path === "*" || path === "/*") return "unmatched";
  return path.includes(":") ? path.replaceAll(/:(\w+)(?:\{.*?\}+(?=\/|$))?/g, "{$1}") : path;
}
