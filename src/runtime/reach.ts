// Whether an HTTP address answers, asked by a HEAD request, which changes nothing. `belfry admin doctor` calls it.
import { request } from "undici";
import type { Reach } from "../kernel/ports.ts";

export const reach: Reach = async (url, timeout, authorization) => {
  const started = performance.now();
  try {
    const answer = await request(url, {
      method: "HEAD",
      headers: { "user-agent": "Belfry", ...(authorization === undefined ? {} : { authorization }) },
      signal: AbortSignal.timeout(timeout),
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
    return { ok: false, problem: networkWords(error, timeout) };
  }
};

const known: Record<string, string> = {
  ECONNREFUSED: "nothing listens there (connection refused)",
  ECONNRESET: "the connection was dropped",
  UND_ERR_SOCKET: "the connection was dropped",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the host's address could not be looked up",
  EHOSTUNREACH: "there is no way to the host",
  ENETUNREACH: "there is no way to the host's network",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
};

function networkWords(error: unknown, timeout: number): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  if (deepest instanceof AggregateError && deepest.errors.length > 0) deepest = deepest.errors.at(-1);
  if (!(deepest instanceof Error)) return "failed without a reason";
  if (deepest.name === "TimeoutError" || deepest.name === "AbortError")
    return `no answer within ${timeout / 1_000} seconds`;
  const code = "code" in deepest && typeof deepest.code === "string" ? deepest.code : "";
  return known[code] ?? `${deepest.message}${code === "" ? "" : ` (${code})`}`;
}
