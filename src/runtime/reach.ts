// A HEAD request that checks whether a URL answers.
import { request as send } from "undici";
import { connectionErrors, innermostCause, isTimeout } from "../kernel/rules/connection-error.ts";
import type { Reach } from "../kernel/ports.ts";

export const reach: Reach = async (url, timeoutMs, authorization) => {
  const started = performance.now();
  try {
    const answer = await send(url, {
      method: "HEAD",
      headers: { "user-agent": "Belfry", ...(authorization === undefined ? {} : { authorization }) },
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body.dump();
    const date = Date.parse(String(answer.headers["date"]));
    return {
      ok: true,
      status: answer.statusCode,
      milliseconds: Math.round(performance.now() - started),
      date: Number.isNaN(date) ? null : date,
    };
  } catch (error) {
    return { ok: false, problem: describeFailure(error, timeoutMs) };
  }
};

function describeFailure(error: unknown, timeoutMs: number): string {
  const cause = innermostCause(error);
  if (cause === undefined) return "failed without a reason";
  if (isTimeout(cause)) return `no answer within ${timeoutMs / 1_000} seconds`;
  const { code, message } = cause;
  return `${connectionErrors[code] ?? message}${code === "" ? "" : ` (${code})`}`;
}
