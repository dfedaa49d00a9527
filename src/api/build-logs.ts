// The log of a build: all of it, what came after a line, or line by line over a WebSocket until the build has ended.
import * as z from "zod";
import type { Socket } from "../kernel/ports.ts";
import { ApiError, notFound } from "../kernel/errors.ts";
import { type LineRow, listLines } from "../workspaces/jobs/store/outputs.ts";
import { lineShape } from "./build-shape.ts";
import { Hono, type TypedResponse } from "hono";
import { isActive } from "../workspaces/jobs/rules/job.ts";
import { findBuild, workspaceIdByBuildSql } from "../workspaces/builds/store/builds.ts";
import { workspaceOwnerSql } from "../workspaces/builds/store/workspaces.ts";
import { asksForSocket } from "../http/credentials.ts";
import { endpoint, readAsUser, currentUserIdSql, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { wholeNumber } from "../http/schemas.ts";
import { uuid } from "../http/schemas.ts";
import { visibleOwner } from "./workspaces.ts";

/** Milliseconds between looks for new lines. */
const lookIntervalMs = 1_000;
/** Bytes that may wait for a slow reader before more is read for them, and lines that are read at a time. */
const maxBufferedBytes = 65_536;
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
      if (socket.waiting() > maxBufferedBytes) continue;
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
    const timer = setTimeout(done, lookIntervalMs);
    function done() {
      clearTimeout(timer);
      over.removeEventListener("abort", done);
      resolve();
    }
    if (over.aborted) done();
    else over.addEventListener("abort", done);
  });

const logQuery = z.object({
  after: wholeNumber.meta({ description: "only lines after the one with this id" }),
  before: wholeNumber.meta({ description: "only lines before the one with this id" }),
  follow: z
    // Coder's clients say nothing but the name.
    .enum(["", "true", "false"], { error: "must be true or false" })
    .optional()
    .transform((follow) => follow === "" || follow === "true")
    .meta({ description: "as a WebSocket: a text frame for each line, until the build has ended" }),
});

async function look(
  c: Ctx,
  buildId: string,
  range: { after?: number | undefined; before?: number | undefined },
  limit?: number,
) {
  const reads = { build: findBuild(buildId, currentUserIdSql(c)), lines: listLines(buildId, range, limit) };
  const owner = workspaceOwnerSql(workspaceIdByBuildSql(buildId));
  const { build, lines } = await readAsUser(c, reads, visibleOwner(c, owner, "Build"));
  if (build[0] === undefined) throw notFound("Build");
  return { lines, hasEnded: !isActive(build[0].build.status) };
}

export const buildLogRoutes = new Hono<Env>().get(
  "/workspacebuilds/:id/logs",
  endpoint({
    summary: "Get a build's log, oldest line first; with follow as a WebSocket",
    access: "session",
    answers: { 101: lineShape.schema, 200: z.array(lineShape.schema) },
    errors: [400, 401, 404, 426],
  }),
  valid("param", z.object({ id: uuid.transform((id) => id.toLowerCase()) })),
  valid("query", logQuery),
  async (c) => {
    const { id } = c.req.valid("param");
    const { follow, ...range } = c.req.valid("query");
    // Who follows gets them as they can take them.
    const { lines } = await look(c, id, range, follow ? 0 : undefined);
    if (!follow) return c.json(lines.map(lineShape.from));
    if (!asksForSocket(c)) {
      throw new ApiError(426, "Following a log requires a WebSocket.", {
        detail: "Or poll with after=ID, the id of the last line.",
        headers: { upgrade: "websocket" },
      });
    }
    const { openSocket, log, process } = c.get("deps");
    const answer = openSocket((socket) => {
      const following = followLog({
        socket,
        after: range.after ?? 0,
        look: (after) => look(c, id, { after }, linesAtOnce),
        stopping: process.stopping,
      });
      following.catch((error: unknown) =>
        log.error("streaming a build log failed", { reason: String(error) }),
      );
    });
    // For typed clients, which get lines from this route and nothing else.
    return answer as Response & TypedResponse<null, 101, "body">;
  },
);
