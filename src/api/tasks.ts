// Routes of AI tasks: a task is a workspace whose latest build has one. Coder's clients up to 2.29 call them at the
// experimental address, later ones at /api/v2.
import * as z from "zod";
import { Hono } from "hono";
import type { SQL } from "../../db/client.ts";
import { userIdByNameSql } from "../accounts/store/users.ts";
import { conflict, notFound, invalid, matchingKey } from "../kernel/errors.ts";
import { findTask, listTaskStatuses, listTasks } from "../workspaces/agents/store/tasks.ts";
import { workspaceIdByNameSql, workspaceOwnerSql } from "../workspaces/builds/store/workspaces.ts";
import { endpoint, readAsUser, currentUserIdSql, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { text, uuid, lowerUuid, optionalId, searchText } from "../http/schemas.ts";
import { visibleOwner, managers, workspaceName } from "./workspaces.ts";
import { claimOrCreate, readPreviousResult } from "../prebuilds/claim/claim.ts";
import { buildReads } from "../workspaces/builds/decide-build.ts";
import { createBuild } from "../workspaces/builds/create-build.ts";
import { workspaceReads } from "../workspaces/builds/create-workspace.ts";
import { newTaskName, promptParameterName } from "../workspaces/agents/rules/task.ts";
import { parseTaskSearch } from "../workspaces/builds/rules/search.ts";
import { earlierRead, keyedBy, markReplayed, parseRequestKey } from "../http/idempotency.ts";
import { listCount, toListCount, wholeNumber } from "../http/schemas.ts";
import { taskLogShape, taskSchema, toTask, type TaskAddress } from "./workspace-shape.ts";
import { loadUserWith } from "./user-shape.ts";
import { unsupported } from "../http/schemas.ts";

const maxLogs = 200;
const sendBody = z.object({ input: text(65_536) });

/** A task by its id, or by its owner and name. */
export function placeOfTask(c: Ctx, user: string, task: string): { workspaceId: SQL | string; ownerId: SQL } {
  if (uuid.safeParse(task).success)
    return { workspaceId: task.toLowerCase(), ownerId: workspaceOwnerSql(task.toLowerCase()) };
  const ownerId = userIdByNameSql(user, currentUserIdSql(c));
  return { workspaceId: workspaceIdByNameSql(ownerId, task), ownerId };
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
        answers: { 200: z.object({ logs: z.array(taskLogShape.schema) }) },
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
        return c.json({ logs: [prompt, ...reports].map(taskLogShape.from) });
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

const pageSize = 100;
const maxPageSize = 200;

const listQuery = z.object({
  q: searchText(parseTaskSearch),
  limit: wholeNumber.transform((limit) => Math.min(limit ?? pageSize, maxPageSize)),
  offset: wholeNumber,
});

const newTaskBody = z.object({
  template_version_id: lowerUuid,
  template_version_preset_id: optionalId,
  input: text(65_536)
    .refine((input) => input.trim() !== "", { error: "must not be empty" })
    .meta({ description: "the prompt" }),
  name: z
    .union([z.literal(""), workspaceName])
    .nullish()
    .meta({ description: "of the workspace; from the prompt's first words when it is left out" }),
  display_name: unsupported("a task is shown by its workspace's name"),
});
async function list(c: Ctx, { q, ...page }: z.infer<typeof listQuery>, address: TaskAddress) {
  const { workspaces, tasks, total } = await readAsUser(c, listTasks(q, currentUserIdSql(c), page));
  return {
    tasks: workspaces.map((row, at) => toTask(row, tasks[at], address)),
    count: toListCount(total, page),
  };
}

async function create(c: Ctx, user: string, body: z.infer<typeof newTaskBody>, address: TaskAddress) {
  const deps = c.get("deps");
  const request = {
    name: body.name || newTaskName(body.input, deps.newId()),
    templateId: undefined,
    versionId: body.template_version_id,
    presetId: body.template_version_preset_id,
    parameters: [],
    automaticUpdates: "never" as const,
  };
  const requestKey = parseRequestKey(c, body);
  const reads = { ...workspaceReads(request), ...earlierRead(c, requestKey) };
  const { actor, target, earlier, ...before } = await loadUserWith(c, user, reads, managers);
  const keyed = keyedBy(actor.userId, requestKey);
  const replay = matchingKey(keyed, earlier?.[0]);
  const parameter = promptParameterName(before.definitions);
  if (before.version[0]?.hasAiTask === false)
    throw invalid("template_version_id", "this version is not for AI tasks, push it with has_ai_task: true");
  if (before.version[0] !== undefined && parameter === undefined)
    throw invalid(
      "input",
      'the template version has no parameter for it, add one named "AI Prompt" or "prompt"',
    );
  const parameters = parameter === undefined ? [] : [{ name: parameter, value: body.input }];
  const asked = { ...request, parameters, keyed };
  const { row, replayed } = await (replay === undefined
    ? claimOrCreate(deps, actor, target, before, asked)
    : readPreviousResult(deps, replay));
  if (replayed) {
    markReplayed(c);
    const { task } = await deps.db.read(findTask(row.workspace.id, currentUserIdSql(c)));
    return toTask(row, task[0], address);
  }
  const isSecret = before.definitions.some(({ name, sensitive }) => name === parameter && sensitive);
  const nothing = { appId: null, state: null, message: null, uri: null, stateSince: null };
  const prompt = isSecret ? null : body.input;
  return toTask(row, { workspaceId: row.workspace.id, prompt, ...nothing }, address);
}

async function remove(c: Ctx, user: string, task: string): Promise<void> {
  const { workspaceId, ownerId } = placeOfTask(c, user, task);
  const request = {
    transition: "delete" as const,
    versionId: undefined,
    presetId: undefined,
    parameters: [],
  };
  const reads = buildReads(workspaceId, currentUserIdSql(c), request);
  const { actor, ...before } = await readAsUser(c, reads, visibleOwner(c, ownerId, "Task"));
  if (before.workspace[0]?.build.hasAiTask !== true) throw notFound("Task");
  await createBuild(c.get("deps"), actor, before, request);
}

/** The same routes at both addresses. */
export const taskRoutes = (address: TaskAddress) =>
  new Hono<Env>()
    .get(
      "/tasks",
      endpoint({
        summary: "List AI tasks by name; q takes owner:me, organization:x, status:active, name:x",
        access: "session",
        answers: { 200: z.object({ tasks: z.array(taskSchema), count: listCount }) },
        errors: [400, 401],
      }),
      valid("query", listQuery),
      async (c) => c.json(await list(c, c.req.valid("query"), address)),
    )
    .post(
      "/tasks/:user",
      endpoint({
        summary: "Create a workspace for an AI task and start it",
        access: "session",
        repeatable: true,
        answers: { 201: taskSchema },
        errors: [400, 401, 403, 404, 409],
      }),
      valid("json", newTaskBody),
      async (c) => c.json(await create(c, c.req.param("user"), c.req.valid("json"), address), 201),
    )
    .get(
      "/tasks/:user/:task",
      endpoint({
        summary: "Get an AI task by name or id",
        access: "session",
        answers: { 200: taskSchema },
        errors: [401, 404],
      }),
      async (c) => {
        const { user, task: named } = c.req.param();
        const { row, task } = await loadTask(c, user, named);
        return c.json(toTask(row, task, address));
      },
    )
    .delete(
      "/tasks/:user/:task",
      endpoint({
        summary: "Delete an AI task with its workspace",
        access: "session",
        answers: { 202: null },
        errors: [401, 403, 404, 409],
      }),
      async (c) => {
        const { user, task } = c.req.param();
        await remove(c, user, task);
        return c.body(null, 202);
      },
    );
