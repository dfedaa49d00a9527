// A build's log as the frames of a WebSocket: one JSON object for each line, until the build has ended, as Coder sends
// them. The route of logs calls it once the handshake is answered.
import type { Socket } from "../kernel/ports.ts";
import { ApiError } from "../kernel/errors.ts";
import type { LineRow } from "../workspaces/jobs/store/outputs.ts";
import { lineShape } from "./build-shape.ts";

/** Milliseconds between looks for new lines. */
const lookInterval = 1_000;
/** Bytes that may wait for a slow reader before more is read for them, and lines that are read at a time. */
const mostWaiting = 65_536;
export const linesAtOnce = 100;
/** RFC 6455 §7.4.1. */
const closing = { done: 1000, goingAway: 1001, refused: 1008, failed: 1011 };

export interface Follow {
  socket: Socket;
  /** The id of the last line that is known. */
  after: number;
  /** Lines after one, and whether there will be more; throws an `ApiError` for who may not read on. */
  look: (after: number) => Promise<{ lines: LineRow[]; hasEnded: boolean }>;
  stopping: AbortSignal;
}

/** Resolves when the socket is closed, by either side. */
export async function followLog({ socket, after, look, stopping }: Follow): Promise<void> {
  const gone = new AbortController();
  socket.onGone(() => gone.abort());
  const over = AbortSignal.any([gone.signal, stopping]);
  try {
    for (let last = after, hasMore = false; !over.aborted; hasMore || (await pause(over))) {
      hasMore = false;
      if (socket.waiting() > mostWaiting) continue;
      const { lines, hasEnded } = await look(last);
      for (const line of lines) socket.send(JSON.stringify(lineShape.from(line)));
      last = lines.at(-1)?.seq ?? last;
      hasMore = lines.length === linesAtOnce;
      if (hasMore) continue;
      if (hasEnded) return socket.close(closing.done, "");
    }
    if (stopping.aborted) socket.close(closing.goingAway, "Belfry stops");
  } catch (error) {
    if (!(error instanceof ApiError)) {
      socket.close(closing.failed, "the log can't be read");
      throw error;
    }
    socket.close(closing.refused, "the key has ended");
  }
}

const pause = (over: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, lookInterval);
    function done() {
      clearTimeout(timer);
      over.removeEventListener("abort", done);
      resolve();
    }
    if (over.aborted) done();
    else over.addEventListener("abort", done);
  });
