// Why a connection failed: the innermost cause of an error, and common error codes of Node and undici as text.

/** The innermost cause; undefined for something that is not an error. */
export function innermostCause(error: unknown): { name: string; message: string; code: string } | undefined {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  // Several addresses of the host were tried: any failure will do.
  if (deepest instanceof AggregateError && deepest.errors.length > 0)
    return innermostCause(deepest.errors.at(-1));
  if (!(deepest instanceof Error)) return undefined;
  const { name, message } = deepest;
  return { name, message, code: "code" in deepest && typeof deepest.code === "string" ? deepest.code : "" };
}

/** Of `AbortSignal.timeout`. */
export const isTimeout = ({ name }: { name: string }): boolean =>
  name === "TimeoutError" || name === "AbortError";

export const connectionErrors: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the server dropped the connection",
  EPIPE: "the server dropped the connection",
  UND_ERR_SOCKET: "the server dropped the connection",
  ETIMEDOUT: "the connection timed out",
  UND_ERR_CONNECT_TIMEOUT: "the connection timed out",
  ENOTFOUND: "unknown host",
  EAI_AGAIN: "the host's address could not be looked up",
  EHOSTUNREACH: "the host is unreachable",
  ENETUNREACH: "the host's network is unreachable",
};
