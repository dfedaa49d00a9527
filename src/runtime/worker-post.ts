// Cloudflare's way to send a webhook. The platform keeps connections over the ends of invocations and doesn't say whether
// one was reused, so a lost one is replaced wherever that is cheap: the message's id is the same.
import type { Post } from "../kernel/ports.ts";

/** Of the requests that an invocation may send, so many may be repeated over another connection. */
const maxRepeats = 20;
/** One message may meet several kept connections that have ended, one after another. */
const maxRepeatsOfOne = 3;

/** Made for each invocation. */
export function createWorkerPost(): Post {
  let repeats = 0;
  return async ({ url, headers, body, timeout }) => {
    const signal = AbortSignal.timeout(timeout);
    const send = () => fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    const sendAgain =
      (left: number) =>
      async (error: unknown): Promise<Response> => {
        if (!isLostConnection(error) || signal.aborted || left === 0 || repeats >= maxRepeats) throw error;
        repeats += 1;
        return send().catch(sendAgain(left - 1));
      };
    const answer = await send().catch(sendAgain(maxRepeatsOfOne));
    // Its body is not used, and nobody waits for the connection to be dropped.
    void answer.body?.cancel().catch(() => {});
    return { status: answer.status, headers: answer.headers };
  };
}

/** What workerd says when a connection ends before the headers of an answer. */
const isLostConnection = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith("Network connection lost");
