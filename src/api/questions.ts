// Routes of questions: an agent asks and waits for the answer, its user answers.
import { Hono } from "hono";
import * as z from "zod";
import { questionStates } from "../../db/schema.ts";
import { answerQuestion } from "../agent-sessions/questions/answer.ts";
import { askQuestion, askReads } from "../agent-sessions/questions/ask.ts";
import {
  checkQuestion,
  maxOptionBytes,
  maxOptions,
  maxTextBytes,
  maxTimeoutSeconds,
  maxWaitSeconds,
  minOptions,
  minTimeoutSeconds,
  standingAt,
} from "../agent-sessions/questions/rules/question.ts";
import {
  findOwnQuestion,
  listOpenQuestions,
  type QuestionRow,
} from "../agent-sessions/questions/store/questions.ts";
import { readUntil } from "../agent-sessions/questions/wait-for-answer.ts";
import { withdrawQuestion } from "../agent-sessions/questions/withdraw.ts";
import { currentUserIdSql, endpoint, readAsUser, valid, type Ctx, type Env } from "../http/endpoint.ts";
import { markReplayed, parseRequestKey } from "../http/idempotency.ts";
import { readAsReporter } from "../http/reporter.ts";
import { lowerUuid, strictQuery } from "../http/schemas.ts";
import { boolean, field, shape, string, time, timeOrNull } from "../http/wire.ts";
import { notFound } from "../kernel/errors.ts";
import { sessionKeySchema } from "./agent-sessions.ts";

const bytesText = (maxBytes: number) =>
  z.string().meta({ maxLength: maxBytes, description: `At most ${maxBytes} bytes of UTF-8` });

const askBody = z
  .strictObject({
    text: bytesText(maxTextBytes),
    options: z
      .array(bytesText(maxOptionBytes))
      .nullish()
      .meta({ description: `${minOptions} to ${maxOptions} answers to choose from; none: a text answers` }),
    free_text: z
      .boolean()
      .nullish()
      .meta({ description: "A text answers, too (default: only if there are no options)" }),
    timeout_s: z
      .number()
      .nullish()
      .meta({ description: `Seconds, ${minTimeoutSeconds} to ${maxTimeoutSeconds} (default: a day)` }),
    default: z
      .string()
      .nullish()
      .meta({ description: "Counts if nobody answers in time; must be a possible answer" }),
  })
  .transform((body, context) => {
    const checked = checkQuestion({
      text: body.text,
      options: body.options ?? undefined,
      takesText: body.free_text ?? undefined,
      defaultAnswer: body.default ?? undefined,
      timeoutSeconds: body.timeout_s ?? undefined,
    });
    if (checked.ok) return checked.value;
    for (const { field: name, detail } of checked.problems)
      context.addIssue({ code: "custom", message: detail, path: name.split(".") });
    return z.NEVER;
  });

const answerBody = z.strictObject({
  option: z.string().optional().meta({ description: "One of the question's options" }),
  text: bytesText(maxTextBytes).optional(),
});

const nullableString = z.string().nullable();

const questionShape = shape<QuestionRow>("Question")({
  id: string((row) => row.id),
  session: string((row) => row.sessionKey, "The session's key"),
  session_title: string((row) => row.sessionTitle),
  text: string((row) => row.text),
  options: field(z.array(z.string()), (row) => JSON.parse(row.options) as string[]),
  free_text: boolean((row) => row.takesText === 1),
  default: field(nullableString, (row) => row.defaultAnswer),
  state: field(z.enum(questionStates), (row) => row.state),
  answer: field(
    nullableString.meta({ description: "After a time-out the default, or null" }),
    (row) => row.answer,
  ),
  by: field(nullableString.meta({ description: "The username of who answered" }), (row) => row.by),
  at: timeOrNull((row) => row.endedAt, "When it was answered, timed out or was withdrawn"),
  created_at: time((row) => row.createdAt),
  expires_at: time((row) => row.timesOutAt),
});

const idParam = z.object({ id: lowerUuid });

/** `0` to `25`. */
const waitQuery = strictQuery({
  wait: z.coerce
    .number({ error: "must be a number of seconds" })
    .int({ error: "must be whole seconds" })
    .min(0, { error: "must not be negative" })
    .max(maxWaitSeconds, { error: `must be at most ${maxWaitSeconds} seconds` })
    .default(0),
});

const listQuery = strictQuery({ limit: z.coerce.number().int().min(1).max(200).default(50) });

const toQuestion = (c: Ctx, row: QuestionRow) => questionShape.from(standingAt(row, c.get("deps").now()));

/** By who asks and who answers alike. Throws 404. */
async function readQuestion(c: Ctx, id: string): Promise<QuestionRow> {
  const { question } = await readAsReporter(c, (userId) => ({ question: findOwnQuestion(userId, id) }));
  if (question[0] === undefined) throw notFound("Question");
  return question[0];
}

async function waitForAnswer(c: Ctx, id: string, seconds: number): Promise<QuestionRow> {
  if (seconds === 0) return readQuestion(c, id);
  const { process, now } = c.get("deps");
  const wait = process.questions.join(id, { timeoutMs: seconds * 1_000, signal: c.req.raw.signal });
  return readUntil(wait, async () => {
    const row = await readQuestion(c, id);
    return { isOpen: standingAt(row, now()).state === "open", value: row };
  });
}

export const questionRoutes = new Hono<Env>()
  .post(
    "/agent-sessions/:key/questions",
    endpoint({
      summary: "Ask the user of a session; its earlier question, if it is open, is withdrawn",
      access: "session-or-agent",
      action: "notify-self",
      repeatable: true,
      answers: { 201: z.object({ id: z.string() }) },
      errors: [400, 401, 403, 404, 409, 429],
    }),
    valid("param", z.object({ key: sessionKeySchema })),
    valid("json", askBody),
    async (c) => {
      const { key } = c.req.valid("param");
      const asked = c.req.valid("json");
      const deps = c.get("deps");
      const request = { key, asked, repeatable: parseRequestKey(c, asked) };
      const { reporter, ...read } = await readAsReporter(c, (userId) =>
        askReads(userId, request, deps.now()),
      );
      const { id, isReplay } = await askQuestion(deps, reporter, request, read);
      if (isReplay) markReplayed(c);
      return c.json({ id }, 201);
    },
  )
  .get(
    "/questions",
    endpoint({
      summary: "List the open questions of your agents, oldest first",
      access: "session",
      answers: { 200: z.object({ questions: z.array(questionShape.schema), count: z.number() }) },
      errors: [400, 401],
    }),
    valid("query", listQuery),
    async (c) => {
      const { limit } = c.req.valid("query");
      const { rows } = await readAsUser(c, {
        rows: listOpenQuestions(currentUserIdSql(c), c.get("deps").now(), limit),
      });
      return c.json({ questions: rows.map(questionShape.from), count: rows[0]?.total ?? 0 });
    },
  )
  .get(
    "/questions/:id",
    endpoint({
      summary: "A question of your agents; waits up to `wait` seconds for it to be open no longer",
      access: "session-or-agent",
      action: "notify-self",
      answers: { 200: questionShape.schema },
      errors: [400, 401, 404, 503],
    }),
    valid("param", idParam),
    valid("query", waitQuery),
    async (c) =>
      c.json(toQuestion(c, await waitForAnswer(c, c.req.valid("param").id, c.req.valid("query").wait))),
  )
  .post(
    "/questions/:id/answer",
    endpoint({
      summary: "Answer a question of your agents; the first answer counts",
      access: "session",
      answers: { 200: questionShape.schema },
      errors: [400, 401, 403, 404, 409, 410],
    }),
    valid("param", idParam),
    valid("json", answerBody),
    async (c) => {
      const { id } = c.req.valid("param");
      const { actor, question } = await readAsUser(c, { question: findOwnQuestion(currentUserIdSql(c), id) });
      const answering = { by: actor.userId, via: "session", given: c.req.valid("json") } as const;
      return c.json(toQuestion(c, await answerQuestion(c.get("deps"), question[0], answering)));
    },
  )
  .post(
    "/questions/:id/withdraw",
    endpoint({
      summary: "Withdraw a question that was asked",
      access: "session-or-agent",
      action: "notify-self",
      answers: { 200: questionShape.schema },
      errors: [400, 401, 403, 404, 409, 410],
    }),
    valid("param", idParam),
    async (c) => {
      const question = await readQuestion(c, c.req.valid("param").id);
      return c.json(toQuestion(c, await withdrawQuestion(c.get("deps"), question)));
    },
  );
