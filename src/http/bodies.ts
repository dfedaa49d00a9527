// Request bodies: how many bytes are read, and for whom (64 KiB for anybody, more for authenticated callers, a limited number
// at a time), and text or nothing where a route takes JSON.
import { ApiError, invalid } from "../kernel/errors.ts";
import type { Ctx, Env } from "./context.ts";
import type { MiddlewareHandler } from "hono";
import { decodeText } from "./rules/headers.ts";

/** Bytes that are read before the caller is authenticated. */
export const smallBodyBytes = 65_536;

/** Bytes that are read after a 413: a client that is still sending would see a broken connection instead of the error. */
const maxDrainedBytes = 50_331_648;

/** Whether the body has, or may have, more than 64 KiB. */
export function mayBeLarge(c: Ctx): boolean {
  if (!hasBody(c)) return false;
  const length = declaredLength(c);
  return length === undefined || length > smallBodyBytes;
}

/** Asks the headers first: on Node a body whose stream has been looked at can't be skipped any more. */
function hasBody(c: Ctx): boolean {
  const length = c.req.header("content-length");
  if (c.req.header("transfer-encoding") !== undefined) return true;
  if (length !== undefined) return length !== "0";
  // On Node they have a stream all the same, and no route reads it.
  return !["GET", "HEAD", "DELETE"].includes(c.req.method) && c.req.raw.body !== null;
}

/** On Node looking at a body makes a stream of it, which costs as much as the rest of a small request. */
const isDeclared = (c: Ctx): boolean =>
  c.req.header("transfer-encoding") !== undefined || Number(c.req.header("content-length") ?? 0) > 0;

/** Undefined for a body that comes in chunks. */
function declaredLength(c: Ctx): number | undefined {
  const length = c.req.header("content-length");
  return length === undefined || c.req.header("transfer-encoding") !== undefined ? undefined : Number(length);
}

/** Throws 413 for a body of more bytes; of one that doesn't say how many it has, no more than that are read. */
export async function boundBody(c: Ctx, maxBytes: number): Promise<void> {
  if (!hasBody(c)) return;
  const length = declaredLength(c);
  if (length === undefined) await readBody(c, maxBytes);
  else if (length > maxBytes) throw tooLarge(maxBytes);
}

/** The same for authenticated callers: the rest is read, so that they see the error. */
export async function boundOwnBody(c: Ctx, maxBytes: number): Promise<void> {
  try {
    await boundBody(c, maxBytes);
  } catch (error) {
    if (error instanceof ApiError && error.status === 413) await drain(c.req.raw);
    throw error;
  }
}

const tooLarge = (maxBytes: number) =>
  new ApiError(413, "The body is too large.", { detail: `At most ${maxBytes} bytes are allowed.` });

async function readBody(c: Ctx, maxBytes: number): Promise<void> {
  const { raw } = c.req;
  if (raw.body === null) return;
  const reader = raw.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > maxBytes) {
      reader.releaseLock();
      throw tooLarge(maxBytes);
    }
    chunks.push(value);
  }
  const { method, headers } = raw;
  c.req.raw = new Request(raw.url, { method, headers, body: await new Blob(chunks as BlobPart[]).bytes() });
}

async function drain(request: Request): Promise<void> {
  if (request.body === null || request.body.locked) return;
  const reader = request.body.getReader();
  for (let bytes = 0; bytes < maxDrainedBytes;) {
    const { done, value } = await reader.read();
    if (done) return;
    bytes += value.length;
  }
}

const usual = 1_048_576;
const larger: { method: string; path: RegExp; bytes: number }[] = [
  { method: "POST", path: /^\/api\/v2\/files$/, bytes: 10_485_760 },
  { method: "PUT", path: /^\/api\/v2\/provisionerjobs\/[^/]+\/state$/, bytes: 8_388_608 },
];
const plan = /^\/api\/v2\/provisionerjobs\/[^/]+\/plan$/;

/** How large a plan may be depends on where the program runs. */
export function maxBodyBytes(method: string, path: string, maxPlanBytes: number): number {
  if (method === "POST" && plan.test(path)) return maxPlanBytes;
  return larger.find((one) => one.method === method && one.path.test(path))?.bytes ?? usual;
}

const isText = (type: string) => /^(text\/plain|application\/x-www-form-urlencoded)\b/i.test(type);
const isJson = (type: string) => /^application\/([\w.-]+\+)?json\b/i.test(type);

/**
 * `convert` makes the JSON body from the text. What `curl -d` calls a form is text as well. Text and JSON are read by
 * the charset that they name; throws 415 for one that isn't known, and 400 for bytes that are none of it.
 */
export function textAsJson(convert: (text: string, c: Ctx) => unknown): MiddlewareHandler<Env> {
  return async (c, next) => {
    const type = c.req.header("content-type") ?? "text/plain";
    if ((isText(type) || isJson(type)) && (isDeclared(c) || c.req.raw.body !== null)) {
      const verdict = decodeText(new Uint8Array(await c.req.arrayBuffer()), type);
      if (!verdict.ok) {
        throw verdict.status === 400
          ? invalid("body", verdict.problem)
          : new ApiError(verdict.status, verdict.problem);
      }
      const { text } = verdict;
      if (isText(type)) replaceBody(c, JSON.stringify(convert(text, c)));
      else c.req.bodyCache = { text: Promise.resolve(text) as never };
    }
    await next();
  };
}

/** No body at all is an empty object, whatever it is announced as. */
export const emptyAsJson: MiddlewareHandler<Env> = async (c, next) => {
  if ((await c.req.text()) === "") replaceBody(c, "{}");
  await next();
};

function replaceBody(c: Ctx, body: string): void {
  const headers = new Headers(c.req.raw.headers);
  headers.set("content-type", "application/json");
  c.req.raw = new Request(c.req.raw.url, { method: c.req.method, headers, body });
  c.req.bodyCache = {};
}
