// Routes of what is said in an AI task: its prompt and its agent's statuses, and why nothing can be sent to the agent.
import { Hono } from "hono";
import * as z from "zod";
import type { SQL } from "../../db/client.ts";
import { userIdByNameSql } from "../accounts/store/users.ts";
import { conflict, notFound } from "../kernel/errors.ts";
import { findTask, listTaskStatuses } from "../workspaces/agents/store/tasks.ts";
import { idOfWorkspace, ownerOf } from "../workspaces/builds/store/workspaces.ts";
import { endpoint, readAsUser, currentUserIdSql, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { text, uuid } from "../http/schemas.ts";
import { field, number, shape, string, time } from "../http/wire.ts";
import { visibleOwner } from "./visible.ts";

const maxLogs = 200;
const sendBody = z.object({ input: text(65_536) });

const logShape = shape<{ id: number; content: string; type: "input" | "output"; at: number }>()({
  id: number((entry) => entry.id),
  content: string((entry) => entry.content),
  type: field(z.enum(["input", "output"]), (entry) => entry.type),
  time: time((entry) => entry.at),
});

/** A task by its id, whoever's it is, or by its owner and name. */
export function placeOfTask(c: Ctx, user: string, task: string): { workspaceId: SQL | string; ownerId: SQL } {
  if (uuid.safeParse(task).success)
    return { workspaceId: task.toLowerCase(), ownerId: ownerOf(task.toLowerCase()) };
  const ownerId = userIdByNameSql(user, currentUserIdSql(c));
  return { workspaceId: idOfWorkspace(ownerId, task), ownerId };
}

export async function loadTask(c: Ctx, user: string, task: string, maxStatuses = 0) {
  const { workspaceId, ownerId } = placeOfTask(c, user, task);
  const reads = {
    ...findTask(workspaceId, currentUserIdSql(c)),
    statuses: listTaskStatuses(workspaceId, currentUserIdSql(c), maxStatuses),
  };
  const found = await readAsUser(c, reads, visibleOwner(c, ownerId, "Task"));
  const [row] = found.workspace;
  if (row === undefined) throw notFound("Task");
  return { row, task: found.task[0], statuses: found.statuses };
}

/** The same routes at each address of tasks. */
export const taskLogRoutes = () =>
  new Hono<Env>()
    .get(
      "/tasks/:user/:task/logs",
      endpoint({
        summary: `An AI task's prompt and its agent's last ${maxLogs} reports, oldest first`,
        access: "session",
        answers: { 200: z.object({ logs: z.array(logShape.schema) }) },
        errors: [401, 404],
      }),
      async (c) => {
        const { user, task: named } = c.req.param();
        const { row, task, statuses } = await loadTask(c, user, named, maxLogs);
        const prompt = {
          id: 0,
          content: task?.prompt ?? "",
          type: "input",
          at: row.workspace.createdAt,
        } as const;
        const reports = statuses.map(({ seq, state, message, createdAt }) => ({
          id: seq,
          content: message === "" ? state : `${state}: ${message}`,
          type: "output" as const,
          at: createdAt,
        }));
        return c.json({ logs: [prompt, ...reports].map(logShape.from) });
      },
    )
    .post(
      "/tasks/:user/:task/send",
      endpoint({
        summary: "Send input to a task: always 409, because Belfry has no connection to agents",
        access: "session",
        answers: {},
        errors: [400, 401, 404, 409],
      }),
      valid("json", sendBody),
      async (c) => {
        const { user, task } = c.req.param();
        const { row } = await loadTask(c, user, task);
        throw conflict(
          "Belfry can't send input to an agent: it has no connection to workspaces.",
          `Write to the agent in the app of ${row.ownerName}/${row.workspace.name}.`,
        );
      },
    );
