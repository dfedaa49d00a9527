// The application: mounts the API and the pages, gives every request its dependencies, and is the one place where an
// error becomes a response. It doesn't know where it runs.
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { Result, Router } from "hono/router";
import { TrieRouter } from "hono/router/trie-router";
import { DatabaseError, type DatabaseErrorKind } from "../db/errors.ts";
import { boundBody, smallBodyBytes } from "./http/bodies.ts";
import { isHttps } from "./http/credentials.ts";
import { createApi } from "./api/index.ts";
import type { Ctx, Env } from "./http/endpoint.ts";
import { defaultHeaders, fixedHeaders } from "./http/rules/default-headers.ts";
import { beginRequest } from "./http/observation.ts";
import type { Deps } from "./kernel/deps.ts";
import { ApiError, errorBody, problemBody } from "./kernel/errors.ts";
import { createPages, errorPage } from "./pages/index.ts";
import { withoutSecret } from "./sources/rules/source.ts";

/** What the runtime passes along with a request. */
export type Open = (request: Request, runtime: unknown) => Deps;

/** Routes that call the application itself. */
export type CreateRoutes = (
  answer: (request: Request, runtime: unknown) => Response | Promise<Response>,
) => Hono<Env>;

/** `tools`: MCP's, where its library is not too large. */
export function createApp(open: Open, tools: CreateRoutes = withoutTools) {
  const app = new Hono<Env>({ router: createRouter() });
  app.use(async (c, next) => {
    const end = beginRequest(c, open(c.req.raw, c.env));
    await next();
    addHeaders(c);
    end();
  });
  app.use(async (c, next) => {
    // The API's routes decide themselves, once they know who is asking.
    if (!c.req.path.startsWith("/api/")) await boundBody(c, smallBodyBytes);
    await next();
  });
  app.route("/", createApi());
  app.route("/", createPages());
  app.route(
    "/",
    tools((request, runtime) => app.fetch(request, runtime as object)),
  );
  app.notFound((c) => respond(c, nothingAt(c)));
  app.onError((error, c) => respond(c, toApiError(error, c)));
  return app;
}

const withoutTools: CreateRoutes = () =>
  new Hono<Env>().all("/mcp", () => {
    throw new ApiError(404, "This server has no tools for AI agents over HTTP.", {
      detail: "On Cloudflare Workers, agents start them as a program: belfry mcp",
    });
  });

/** Hono's tree, which is searched once for a path that has no variables. */
function createRouter<T>(): Router<T> {
  const tree = new TrieRouter<T>();
  const known = new Map<string, Result<T> | undefined>();
  return {
    name: "belfry",
    add: (method, path, handler) => {
      tree.add(method, path, handler);
      if (!/[:*{?]/.test(path)) known.set(`${method} ${path}`, undefined);
    },
    match: (method, path) => {
      const route = `${method} ${path}`;
      const result = known.get(route) ?? tree.match(method, path);
      if (known.has(route)) known.set(route, result);
      return result;
    },
  };
}

/** Coder's clients call routes that Belfry lacks, and show this message to people. */
function nothingAt(c: Ctx): ApiError {
  const { method, path } = c.req;
  if (!path.startsWith("/api/")) return new ApiError(404, "Not found.", { detail: `${method} ${path}` });
  const page = `${c.get("deps").config.accessUrl}/docs/reference/coder-compatibility`;
  return new ApiError(404, `Belfry has no ${method} ${path}.`, {
    detail: `Supported routes of Coder's API: ${page}`,
  });
}

const headersOfRequest = (c: Ctx): Record<string, string> => ({
  "x-request-id": c.get("deps").requestId,
  ...(isHttps(c) ? { "strict-transport-security": "max-age=31536000" } : {}),
});

function addHeaders(c: Ctx): void {
  const { headers, status } = c.res;
  const always = { ...fixedHeaders, ...headersOfRequest(c) };
  if (status === 204 && !headers.has("set-cookie")) {
    // Without a body to keep, one object is faster than setting each.
    c.res = undefined;
    c.res = new Response(null, {
      status,
      headers: { ...defaultHeaders, ...Object.fromEntries(headers), ...always },
    });
    return;
  }
  for (const [name, value] of Object.entries(always)) headers.set(name, value);
  for (const [name, value] of Object.entries(defaultHeaders))
    if (!headers.has(name)) headers.set(name, value);
}

interface DatabaseFailure {
  logMessage: string;
  message: string;
  detail?: string;
  /** Seconds. */
  retryAfter: number;
}

/** Failures that the caller can retry. */
const databaseFailures: Partial<Record<DatabaseErrorKind, DatabaseFailure>> = {
  unavailable: {
    logMessage: "the database is unavailable",
    message: "The database is unavailable.",
    retryAfter: 5,
  },
  schema: {
    logMessage: "the database needs migration",
    message: "The database needs migration. Run: belfry admin migrate (from the sources: npm run db:migrate)",
    retryAfter: 30,
  },
  too_large: {
    logMessage:
      "a request or response is too large for the database; a libSQL server's limit is --max-response-size",
    message: "The request or its response is too large for the database.",
    detail: "Nothing was changed. Request fewer items, or smaller ones.",
    retryAfter: 60,
  },
};

/** Anything thrown, as the error that the client sees. Bugs and failures of the environment are logged. */
function toApiError(error: Error, c: Ctx): ApiError {
  const deps = c.get("deps") as Deps | undefined;
  if (error instanceof ApiError) return error;
  if (error instanceof HTTPException && error.status < 500)
    return new ApiError(error.status as 400, error.message);
  const known = error instanceof DatabaseError ? databaseFailures[error.kind] : undefined;
  if (known !== undefined) {
    const { logMessage, message, detail, retryAfter } = known;
    deps?.log.error(logMessage, { path: withoutSecret(c.req.path), reason: error.message });
    const headers = { "retry-after": String(retryAfter) };
    return new ApiError(503, message, detail === undefined ? { headers } : { headers, detail });
  }
  if (isDisconnect(error, c.req.raw.signal)) {
    deps?.log.debug("the client disconnected before the request was complete", {
      path: withoutSecret(c.req.path),
    });
    return new ApiError(400, "The request is incomplete.");
  }
  deps?.log.error("a request failed", {
    path: withoutSecret(c.req.path),
    method: c.req.method,
    reason: error.message,
    stack: error.stack,
  });
  return new ApiError(500, "Internal error.");
}

/** Reading from a client that has disconnected is not a failure; any other error is. */
const isDisconnect = (error: Error & { code?: unknown }, signal: AbortSignal): boolean =>
  signal.aborted && (error === signal.reason || error.name === "AbortError" || error.code === "ECONNRESET");

function respond(c: Ctx, error: ApiError): Response | Promise<Response> {
  for (const [name, value] of Object.entries(error.headers)) c.header(name, value);
  const accept = c.req.header("accept") ?? "";
  const { requestId } = c.get("deps");
  if (accept.includes("application/problem+json")) {
    return c.body(JSON.stringify(problemBody(error, requestId)), error.status, {
      "content-type": "application/problem+json",
    });
  }
  if (!c.req.path.startsWith("/api/") && accept.includes("text/html")) return errorPage(c, error);
  return c.json(errorBody(error, requestId), error.status);
}
