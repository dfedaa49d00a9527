// The server's API for provisioners: `call` resolves with the outcome as a value, `callUntilAnswered` retries until the
// server accepts or refuses.
import { classifyStatus, retryDelayMs, readRetryAfter, type AnswerKind } from "./rules/job.ts";
import { fields, parseJson, textOr } from "../kernel/rules/json.ts";
import type { Environment, Timing } from "./environment.ts";

export type Outcome =
  | { ok: true; status: number; body: Uint8Array }
  | { ok: false; status: number | undefined; message: string; retryAfter: number | undefined };

export interface Call {
  method: "GET" | "POST" | "PUT";
  /** Below `/api/v2`. */
  path: string;
  acquireId?: string;
  json?: unknown;
  bytes?: Uint8Array;
  timeoutMs?: number;
  signal?: AbortSignal;
  /** A larger response is refused. */
  maxBytes?: number;
}

/** With the acquisition's id: a provisioner that lost its lease can't act for the next one. */
export const jobCall = (job: { id: string; acquireId: string }, method: Call["method"], verb: string) => ({
  method,
  path: `/provisionerjobs/${job.id}/${verb}`,
  acquireId: job.acquireId,
});

export interface JobServer {
  url: string;
  call: (call: Call) => Promise<Outcome>;
  /** Retries until the server accepts or refuses, or the signal aborts. */
  callUntilAnswered: (call: Call, signal: AbortSignal) => Promise<FinalAnswer>;
}

export type FinalAnswer =
  | { kind: "done"; body: Uint8Array; tries: number }
  | { kind: Exclude<AnswerKind, "again">; status: number; message: string; tries: number }
  | { kind: "stopped" };

export function connect(url: string, key: string, environment: Environment, timing: Timing): JobServer {
  const call = (request: Call) =>
    sendCall(url, key, environment, { timeoutMs: timing.callTimeoutMs, ...request });
  return {
    url,
    call,
    callUntilAnswered: async (request, signal) => {
      for (let tries = 0; ; tries += 1) {
        if (signal.aborted) return { kind: "stopped" };
        const outcome = await call({ ...request, signal });
        if (outcome.ok) return { kind: "done", body: outcome.body, tries };
        const { status, message, retryAfter } = outcome;
        const kind = classifyStatus(status);
        if (kind !== "again" && status !== undefined) return { kind, status, message, tries };
        await environment.wait(retryDelayMs(tries, environment.random(), timing.retry, retryAfter), signal);
      }
    },
  };
}

async function sendCall(url: string, key: string, environment: Environment, call: Call): Promise<Outcome> {
  const { method, path, acquireId, json, bytes, timeoutMs = 15_000, signal, maxBytes = 1_048_576 } = call;
  const signals = [AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])];
  const content = json === undefined ? bytes : JSON.stringify(json);
  try {
    const response = await fetch(`${url}/api/v2${path}`, {
      method,
      headers: {
        "coder-provisioner-daemon-key": key,
        accept: "application/json, application/octet-stream",
        ...(acquireId === undefined ? {} : { "belfry-acquire-id": acquireId }),
        ...(json === undefined ? {} : { "content-type": "application/json" }),
        ...(bytes === undefined ? {} : { "content-type": "application/octet-stream" }),
      },
      // A redirect is not followed: the key is for this address alone.
      redirect: "manual",
      signal: AbortSignal.any(signals),
      ...(content === undefined ? {} : { body: content as BodyInit }),
    });
    const body = await readBody(response, maxBytes);
    if (body === undefined) {
      const message = `response too large: more than ${maxBytes} bytes`;
      return { ok: false, status: 413, message, retryAfter: undefined };
    }
    if (response.ok) return { ok: true, status: response.status, body };
    const retryAfter = readRetryAfter(response.headers.get("retry-after"), environment.now());
    return { ok: false, status: response.status, message: messageOf(response, body), retryAfter };
  } catch (error) {
    return { ok: false, status: undefined, message: reasonOf(error), retryAfter: undefined };
  }
}

/** Undefined if it is too large. */
async function readBody(response: Response, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array;
    size += bytes.length;
    if (size > maxBytes) return undefined;
    chunks.push(bytes);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

export const jsonOf = (body: Uint8Array): unknown => parseJson(new TextDecoder().decode(body));

function messageOf(response: Response, body: Uint8Array): string {
  const { message, detail } = fields(jsonOf(body));
  const sentences = [textOr(message, `status ${response.status}`), textOr(detail, "")];
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  return error.name === "TimeoutError" ? "no response in time" : cause.message || code;
}
