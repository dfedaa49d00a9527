// HTTP to a receiver, as the runtime gives it to channels.

/**
 * Sends an HTTP POST to a receiver and resolves once the headers of an answer are there, whatever its body does. Never
 * follows redirects; throws when the connection fails or the time is up. A kept connection that ends before the first
 * byte of an answer is replaced by a new one, once.
 */
export type Post = (request: {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Milliseconds for the whole exchange. */
  timeout: number;
}) => Promise<{ status: number; headers: Headers }>;

/** What a HEAD request, which changes nothing, brought back. */
export type Reached =
  | { ok: true; status: number; milliseconds: number; /** The other side's clock. */ date: number | null }
  | { ok: false; problem: string };

/** `timeout` in milliseconds; `authorization` is the header's value. Never throws. */
export type Reach = (url: string, timeout: number, authorization: string | undefined) => Promise<Reached>;
