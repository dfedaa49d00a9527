// Lets a route that takes JSON take plain text too, so that `curl -d "All green"` is enough, or nothing at all.
import type { MiddlewareHandler } from "hono";
import { ApiError, invalid } from "../kernel/errors.ts";
import type { Ctx, Env } from "./context.ts";
import { decodeText } from "./rules/charset.ts";

const isText = (type: string) => /^(text\/plain|application\/x-www-form-urlencoded)\b/i.test(type);
const isJson = (type: string) => /^application\/([\w.-]+\+)?json\b/i.test(type);

/**
 * `convert` makes the JSON body from the text. What `curl -d` calls a form is text as well. Text and JSON are read by
 * the charset that they name; throws 415 for one that isn't known, and 400 for bytes that are none of it.
 */
export function textAsJson(convert: (text: string, c: Ctx) => unknown): MiddlewareHandler<Env> {
  return async (c, next) => {
    const type = c.req.header("content-type") ?? "text/plain";
    if ((isText(type) || isJson(type)) && c.req.raw.body !== null) {
      const verdict = decodeText(new Uint8Array(await c.req.arrayBuffer()), type);
      if (!verdict.ok) {
        throw verdict.status === 400
          ? invalid("body", verdict.problem)
          : new ApiError(verdict.status, verdict.problem);
      }
      const { text } = verdict;
      replaceBody(c, isText(type) ? JSON.stringify(convert(text, c)) : text);
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
