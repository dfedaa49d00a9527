// A typed client of the HTTP API for programs: the command line and tests. Every failure of a call is a `ClientError`.
import { hc, type ClientRequestOptions, type ClientResponse } from "hono/client";
import type { ResponseFormat } from "hono/types";
import type { SuccessStatusCode } from "hono/utils/http-status";
import type { Api } from "./api/index.ts";
import type { Validation } from "./kernel/errors.ts";

export { version } from "./kernel/version.ts";

export interface ClientOptions {
  /** Address of the server, with the path before `/api/v2` if there is one. */
  url: string;
  /** A session token or an API token. */
  token?: string | undefined;
  /** For each call. */
  timeoutMs?: number;
  /** In place of the network: a server in the same process. */
  fetch?: (request: Request) => Promise<Response>;
}

/** The server refused the call or could not be reached. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  /** Undefined if there was no response. */
  readonly status: number | undefined;
  readonly detail: string | undefined;
  readonly validations: Validation[];
  readonly requestId: string | undefined;
  /** Set if programs must distinguish this error from others of its status. */
  readonly code: string | undefined;
  /** False if the response is not from Belfry (or Coder). */
  readonly isBelfry: boolean;
  constructor(
    message: string,
    facts: {
      status?: number;
      detail?: string | undefined;
      validations?: Validation[];
      requestId?: string | undefined;
      code?: string | undefined;
      isBelfry?: boolean;
      cause?: unknown;
    },
  ) {
    super(message, { cause: facts.cause });
    this.status = facts.status;
    this.detail = facts.detail;
    this.validations = facts.validations ?? [];
    this.requestId = facts.requestId;
    this.code = facts.code;
    this.isBelfry = facts.isBelfry ?? true;
  }
}

export type AnyAnswer = ClientResponse<unknown, number, ResponseFormat>;
/** The body of a successful response; null if there is none. */
type BodyOf<R> =
  R extends ClientResponse<infer Body, infer Status, infer _Format>
    ? Status extends SuccessStatusCode | 304
      ? Body
      : never
    : never;

export type Routes = ReturnType<typeof hc<Api>>["api"]["v2"];
export type InboxNotification = BodyOf<
  Awaited<ReturnType<Routes["notifications"]["inbox"]["$get"]>>
>["notifications"][number];

type Messages = Routes["notifications"]["messages"];
/** A delivery: in the delivery log, and alone with its attempts. */
export type Message = BodyOf<Awaited<ReturnType<Messages["$get"]>>>["messages"][number];
export type MessageWithAttempts = BodyOf<Awaited<ReturnType<Messages[":id"]["$get"]>>>;

type Templates = Routes["notifications"]["templates"];
export type NotificationTemplate = BodyOf<Awaited<ReturnType<Templates["system"]["$get"]>>>[number];
export type TemplateVersion = BodyOf<Awaited<ReturnType<Templates[":id"]["versions"]["$get"]>>>[number];

export type User = BodyOf<Awaited<ReturnType<Routes["users"][":user"]["$get"]>>>;

export type Template = BodyOf<Awaited<ReturnType<Routes["templates"][":id"]["$get"]>>>;
export type TemplateDrift = BodyOf<Awaited<ReturnType<Routes["templates"][":id"]["drift"]["$get"]>>>[number];
export type Workspace = BodyOf<Awaited<ReturnType<Routes["workspaces"][":id"]["$get"]>>>;
/** An AI task. */
export type Task = BodyOf<Awaited<ReturnType<Routes["tasks"][":user"][":task"]["$get"]>>>;
/** What an agent asks. */
export type Question = BodyOf<Awaited<ReturnType<Routes["questions"][":id"]["$get"]>>>;
export type Build = BodyOf<Awaited<ReturnType<Routes["workspacebuilds"][":id"]["$get"]>>>;
/** The request that creates a template version. */
export type VersionBody = Parameters<
  Routes["organizations"][":organization"]["templateversions"]["$post"]
>[0]["json"];

export interface Client {
  url: string;
  /** Sends one request and resolves with the response's body; throws `ClientError`. */
  ask: <R extends AnyAnswer>(
    call: (routes: Routes) => Promise<R>,
    onHeaders?: (headers: Headers) => void,
  ) => Promise<BodyOf<R>>;
}

export function createClient({ url: address, token, timeoutMs = 30_000, fetch }: ClientOptions): Client {
  const url = address.replace(/\/+$/, "");
  const headers: Record<string, string> = {
    "user-agent": "belfry-cli",
    ...(token === undefined ? {} : { "coder-session-token": token }),
  };
  return {
    url,
    ask: async (call, onHeaders) => {
      // A redirect is not followed: the key is for this address alone.
      const init: RequestInit = { redirect: "manual", signal: AbortSignal.timeout(timeoutMs) };
      let response: AnyAnswer;
      let text: string;
      try {
        const ownFetch = fetch && {
          fetch: (input: string, own: RequestInit) => fetch(new Request(input, { ...own, ...init })),
        };
        response = await call(hc<Api>(url, { headers, init, ...ownFetch } as ClientRequestOptions).api.v2);
        text = await (response as unknown as Response).text();
      } catch (error) {
        throw isNetworkError(error) ? unreachable(url, error, timeoutMs) : error;
      }
      if (!response.ok && response.status !== 304) throw refused(url, response, text);
      onHeaders?.(response.headers);
      if (text === "") return null as BodyOf<Awaited<ReturnType<typeof call>>>;
      const body = parseJson(text);
      if (body === undefined) throw notBelfry(url, response);
      return body as BodyOf<Awaited<ReturnType<typeof call>>>;
    },
  };
}

/** A name or id in a path. Throws `ClientError`. */
export function segment(name: string): string {
  if (/^\.{0,2}$/.test(name))
    throw new ClientError(`invalid name "${name}": must not be empty, "." or ".."`, { status: 400 });
  return encodeURIComponent(name);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function refused(url: string, response: AnyAnswer, text: string): ClientError {
  const location = response.headers.get("location");
  if (response.status >= 300 && response.status < 400 && location !== null) {
    const target = new URL(location, url);
    return new ClientError(`${url} redirects to ${target.origin}. Use that address.`, {
      status: response.status,
      isBelfry: false,
    });
  }
  const body = parseJson(text);
  if (!isErrorBody(body)) return notBelfry(url, response);
  return new ClientError(body.message, {
    status: response.status,
    detail: body.detail === "" ? undefined : body.detail,
    validations: body.validations ?? [],
    requestId: response.headers.get("x-request-id") ?? undefined,
    code: body.code,
  });
}

const isErrorBody = (
  body: unknown,
): body is { message: string; detail?: string; validations?: Validation[]; code?: string } =>
  typeof body === "object" && body !== null && "message" in body && typeof body.message === "string";

function notBelfry(url: string, response: AnyAnswer): ClientError {
  const type = response.headers.get("content-type")?.split(";")[0] ?? "no content type";
  return new ClientError(
    `The server at ${url} is not Belfry (status ${response.status}, ${type}). Check the address.`,
    { status: response.status, isBelfry: false },
  );
}

/** Messages for error codes of connections. */
const connectionErrors: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection closed",
  UND_ERR_SOCKET: "connection closed",
  ENOTFOUND: "host not found",
  EAI_AGAIN: "host name lookup failed",
  EHOSTUNREACH: "host unreachable",
  ENETUNREACH: "network unreachable",
  ETIMEDOUT: "connection timed out",
  UND_ERR_CONNECT_TIMEOUT: "connection timed out",
  DEPTH_ZERO_SELF_SIGNED_CERT: "self-signed certificate",
  SELF_SIGNED_CERT_IN_CHAIN: "self-signed certificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate can't be verified",
  CERT_HAS_EXPIRED: "certificate expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate is for another host",
  ERR_SSL_WRONG_VERSION_NUMBER: "not an https server, try http://",
};

/** What `fetch` throws for failures of the network; anything else is a bug. */
const isNetworkError = (error: unknown): error is Error =>
  error instanceof Error &&
  (error.name === "TimeoutError" || /^(fetch failed|terminated)$/.test(error.message));

function unreachable(url: string, error: Error, timeoutMs: number): ClientError {
  const isLocal = /^https?:\/\/(localhost|127\.|\[::1\])/.test(url);
  return new ClientError(
    `Can't reach Belfry at ${url}: ${reasonOf(error, timeoutMs)}. ` +
      (isLocal ? "Is it running? Start it: belfry serve" : "Check the address and the network."),
    { cause: error, isBelfry: false },
  );
}

function reasonOf(error: Error, timeoutMs: number): string {
  if (error.name === "TimeoutError") return `no response within ${timeoutMs / 1_000} seconds`;
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = "code" in cause ? String(cause.code) : "";
  return connectionErrors[code] ?? (cause.message === "" ? code : cause.message);
}
