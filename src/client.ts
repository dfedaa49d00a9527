// A typed client of the HTTP API for programs: the command line, and tests. What goes wrong is one kind of error, in words.
import { hc, type ClientResponse } from "hono/client";
import type { ResponseFormat } from "hono/types";
import type { SuccessStatusCode } from "hono/utils/http-status";
import type { Api } from "./api/index.ts";
import type { Validation } from "./kernel/errors.ts";

export { version } from "./kernel/version.ts";

export interface ClientOptions {
  /** Where Belfry is, with or without a path before `/api/v2`. */
  url: string;
  /** A session's key or a token. */
  token?: string | undefined;
  /** Milliseconds for each call. */
  timeout?: number;
}

/** A call that did not do what it should: refused by the server, or it never got there. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  /** Undefined when no answer came. */
  readonly status: number | undefined;
  readonly detail: string | undefined;
  readonly validations: Validation[];
  readonly requestId: string | undefined;
  /** False when what answered is something else than Belfry (or Coder). */
  readonly isBelfry: boolean;
  constructor(
    message: string,
    facts: {
      status?: number;
      detail?: string | undefined;
      validations?: Validation[];
      requestId?: string | undefined;
      isBelfry?: boolean;
      cause?: unknown;
    },
  ) {
    super(message, { cause: facts.cause });
    this.status = facts.status;
    this.detail = facts.detail;
    this.validations = facts.validations ?? [];
    this.requestId = facts.requestId;
    this.isBelfry = facts.isBelfry ?? true;
  }
}

export type AnyAnswer = ClientResponse<unknown, number, ResponseFormat>;
/** What the routes answer when they do what they should; null when there is no body. */
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
/** A delivery, as the log lists it and alone with its tries. */
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
export type Build = BodyOf<Awaited<ReturnType<Routes["workspacebuilds"][":id"]["$get"]>>>;
/** What a version of a template is made from. */
export type VersionBody = Parameters<
  Routes["organizations"][":organization"]["templateversions"]["$post"]
>[0]["json"];

export interface Client {
  url: string;
  /** Makes one call and gives its body; throws `ClientError`. `onHeaders` gets the answer's headers. */
  ask: <R extends AnyAnswer>(
    call: (routes: Routes) => Promise<R>,
    onHeaders?: (headers: Headers) => void,
  ) => Promise<BodyOf<R>>;
}

export function createClient({ url: given, token, timeout = 30_000 }: ClientOptions): Client {
  const url = given.replace(/\/+$/, "");
  const headers: Record<string, string> = token === undefined ? {} : { "coder-session-token": token };
  return {
    url,
    ask: async (call, onHeaders) => {
      // A redirect is not followed: the key is for this address alone.
      const init: RequestInit = { redirect: "manual", signal: AbortSignal.timeout(timeout) };
      let response: AnyAnswer;
      let text: string;
      try {
        response = await call(hc<Api>(url, { headers, init }).api.v2);
        text = await (response as unknown as Response).text();
      } catch (error) {
        throw isNetworks(error) ? notReached(url, error, timeout) : error;
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

/** A name or id as a part of a path. */
export function segment(name: string): string {
  if (/^\.{0,2}$/.test(name)) throw new ClientError(`"${name}" is no name.`, { status: 400 });
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
    return new ClientError(`${url} sends callers on to ${target.origin}. Use that address.`, {
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
  });
}

const isErrorBody = (
  body: unknown,
): body is { message: string; detail?: string; validations?: Validation[] } =>
  typeof body === "object" && body !== null && "message" in body && typeof body.message === "string";

function notBelfry(url: string, response: AnyAnswer): ClientError {
  const type = response.headers.get("content-type")?.split(";")[0] ?? "no content type";
  return new ClientError(
    `Something answers at ${url}, but it is not Belfry (status ${response.status}, ${type}). Check the address.`,
    { status: response.status, isBelfry: false },
  );
}

/** Words for the codes that connections fail with. */
const reasons: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the host's name can't be looked up at the moment",
  EHOSTUNREACH: "the host can't be reached",
  ENETUNREACH: "the network can't be reached",
  ETIMEDOUT: "it took too long",
  UND_ERR_CONNECT_TIMEOUT: "it took too long",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by itself",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate can't be verified",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak https; try http://",
};

/** What `fetch` throws when the world is at fault, not this program. */
const isNetworks = (error: unknown): error is Error =>
  error instanceof Error &&
  (error.name === "TimeoutError" || /^(fetch failed|terminated)$/.test(error.message));

function notReached(url: string, error: Error, timeout: number): ClientError {
  const isLocal = /^https?:\/\/(localhost|127\.|\[::1\])/.test(url);
  return new ClientError(
    `Belfry does not answer at ${url}: ${reasonOf(error, timeout)}. ` +
      (isLocal ? "Is it running? Start it with: npm start" : "Check the address and the network."),
    { cause: error, isBelfry: false },
  );
}

function reasonOf(error: Error, timeout: number): string {
  if (error.name === "TimeoutError") return `no answer within ${timeout / 1_000} seconds`;
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = "code" in cause ? String(cause.code) : "";
  return reasons[code] ?? (cause.message === "" ? code : cause.message);
}
