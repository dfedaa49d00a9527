// The server as a provisioner sees it: one function that makes a call and gives its outcome as a value, one that tries
// until there is an answer.
import { classifyStatus, retryDelayMs, readRetryAfter, type StatusClass } from "./rules/job.ts";
import { fields, parseJson, textOr } from "../kernel/rules/json.ts";
import type { Timing, Environment } from "./worker-context.ts";

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
  /** Milliseconds. */
  timeout?: number;
  signal?: AbortSignal;
  /** Bytes of the answer that are taken. */
  most?: number;
}

/** Below a job's path, with the acquisition that gave it: one whose lease has gone can't act as the next one. */
export const jobCall = (job: { id: string; acquireId: string }, method: Call["method"], verb: string) => ({
  method,
  path: `/provisionerjobs/${job.id}/${verb}`,
  acquireId: job.acquireId,
});

export interface JobServer {
  url: string;
  call: (call: Call) => Promise<Outcome>;
  /** The same until the server says yes or no, or the signal comes. */
  callUntilAnswered: (call: Call, signal: AbortSignal) => Promise<FinalAnswer>;
}

export type FinalAnswer =
  | { kind: "done"; body: Uint8Array; tries: number }
  | { kind: Exclude<StatusClass, "again">; status: number; message: string; tries: number }
  | { kind: "stopped" };

export function connect(url: string, key: string, world: Environment, timing: Timing): JobServer {
  const call = (request: Call) => makeCall(url, key, world, { timeout: timing.patience, ...request });
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
        await world.wait(retryDelayMs(tries, world.chance(), timing.retry, retryAfter), signal);
      }
    },
  };
}

async function makeCall(url: string, key: string, world: Environment, call: Call): Promise<Outcome> {
  const { method, path, acquireId, json, bytes, timeout = 15_000, signal, most = 1_048_576 } = call;
  const signals = [AbortSignal.timeout(timeout), ...(signal === undefined ? [] : [signal])];
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
    const body = await readBody(response, most);
    if (body === undefined) {
      const message = `The answer has more than ${most} bytes.`;
      return { ok: false, status: 413, message, retryAfter: undefined };
    }
    if (response.ok) return { ok: true, status: response.status, body };
    const retryAfter = readRetryAfter(response.headers.get("retry-after"), world.now());
    return { ok: false, status: response.status, message: messageOf(response, body), retryAfter };
  } catch (error) {
    return { ok: false, status: undefined, message: reasonOf(error), retryAfter: undefined };
  }
}

/** Undefined when there is more of it than is taken. */
async function readBody(response: Response, most: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const piece = chunk as Uint8Array;
    size += piece.length;
    if (size > most) return undefined;
    chunks.push(piece);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

export const jsonOf = (body: Uint8Array): unknown => parseJson(new TextDecoder().decode(body));

function messageOf(response: Response, body: Uint8Array): string {
  const { message, detail } = fields(jsonOf(body));
  const words = [textOr(message, `status ${response.status}`), textOr(detail, "")];
  return words.filter((word) => word !== "").join(" ");
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause : error;
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  return error.name === "TimeoutError" ? "no answer in time" : cause.message || code;
}
