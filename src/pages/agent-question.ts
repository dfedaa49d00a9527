// The page of an agent's question: its user answers it, signed in or by the link of a message. GET only shows it; POST
// answers. Says who was faster, or that the question is open no longer.
import { Hono, type MiddlewareHandler } from "hono";
import { html } from "./html.ts";
import { readAnswerToken } from "../agent-sessions/questions/answer-link.ts";
import { answerQuestion } from "../agent-sessions/questions/answer.ts";
import { standingAt, type GivenAnswer } from "../agent-sessions/questions/rules/question.ts";
import {
  findActiveUserOf,
  findOwnQuestion,
  findQuestion,
  type QuestionRow,
} from "../agent-sessions/questions/store/questions.ts";
import { currentUserIdSql, readAsUser, type Ctx, type Env } from "../http/endpoint.ts";
import { ApiError, notFound } from "../kernel/errors.ts";
import { answerForms } from "./answer-forms.ts";
import { moment, momentAhead } from "./components.ts";
import { readForm } from "./form.ts";
import { back } from "./inbox-return.ts";
import { respondWithPage, type Html } from "./layout.ts";
import type { Viewer } from "./navigation.ts";
import { ownPath, questionPath } from "./rules/links.ts";
import { ownForm, signedIn } from "./session.ts";

/** A link needs no session; its forms come from our own pages, too. */
const signedInOrByLink: MiddlewareHandler<Env> = (c, next) => {
  if (tokenOf(c) === undefined) return signedIn(c, next);
  return c.req.method === "POST" ? ownForm(c, next) : next();
};

export const agentQuestionPages = new Hono<Env>()
  .get("/questions/:id", signedInOrByLink, async (c) => {
    const { question, actor } = await readQuestion(c);
    return showQuestion(c, { question, actor });
  })
  .post("/questions/:id", signedInOrByLink, async (c) => {
    const { option, text, to } = await readForm(c, ["option", "text", "to"]);
    const { question, actor } = await readQuestion(c);
    const given: GivenAnswer = { option: option || undefined, text: text || undefined };
    const by = { by: question.userId, via: actor === undefined ? "link" : "session" } as const;
    try {
      await answerQuestion(c.get("deps"), question, { ...by, given });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === 404) throw error;
      // As it is now: somebody else may have answered.
      const after = await readQuestion(c);
      return showQuestion(c, { ...after, failed: { error, typed: text } });
    }
    return ownPath(to) === null ? c.redirect(addressOf(c, question.id), 303) : back(c, to);
  });

const tokenOf = (c: Ctx): string | undefined => c.req.query("token");

const idOf = (c: Ctx): string => c.req.param("id")!.toLowerCase();

/** The question's page, by the same way. */
const addressOf = (c: Ctx, id: string): string => {
  const token = tokenOf(c);
  return token === undefined ? questionPath(id) : `${questionPath(id)}?token=${encodeURIComponent(token)}`;
};

/** Throws 404 for a question of somebody else, or a link that isn't ours, and 410 for one that has expired. */
async function readQuestion(c: Ctx): Promise<{ question: QuestionRow; actor: Viewer | undefined }> {
  const id = idOf(c);
  const token = tokenOf(c);
  if (token !== undefined) return { question: await readByLink(c, id, token), actor: undefined };
  const { actor, question } = await readAsUser(c, { question: findOwnQuestion(currentUserIdSql(c), id) });
  if (question[0] === undefined) throw notFound("Question");
  return { question: question[0], actor };
}

async function readByLink(c: Ctx, id: string, token: string): Promise<QuestionRow> {
  const deps = c.get("deps");
  const expiresAt = readAnswerToken(deps, id, token);
  if (expiresAt === undefined)
    throw new ApiError(404, "Invalid link. Sign in and open the question from your inbox.");
  if (deps.now() >= expiresAt)
    throw new ApiError(
      410,
      "This link has expired: the question has timed out. Sign in to see it in your inbox.",
    );
  const { question, active } = await deps.db.read({
    question: findQuestion(id),
    active: findActiveUserOf(id),
  });
  if (question[0] === undefined || active.length === 0)
    throw new ApiError(404, "Invalid link. The question, or the account that it was sent to, is gone.");
  return question[0];
}

interface Shown {
  question: QuestionRow;
  actor: Viewer | undefined;
  failed?: { error: ApiError; typed: string };
}

function showQuestion(c: Ctx, { question, actor, failed }: Shown): Response {
  const now = c.get("deps").now();
  const standing = standingAt(question, now);
  const main = html`<article class="sheet question">
    <p class="asker">${question.sessionTitle} asks</p>
    <h1>${question.text}</h1>
    ${failed === undefined ? "" : html`<div class="problem" role="alert"><p>${notSent(failed.error.message)}</p></div>`}
    ${standing.state === "open" ? open(c, question, failed, now) : ended(standing, now)}
  </article>`;
  const title = `${question.sessionTitle} asks`;
  const page = { title, main, shape: "narrow" as const, section: "/inbox" };
  return respondWithPage(c, actor === undefined ? page : { ...page, actor }, failed?.error.status ?? 200);
}

/** The page has one field, so its name in the API says nothing here. */
const notSent = (message: string): string =>
  /^(text|option): /.test(message)
    ? `Your answer was not sent: ${message.replace(/^\w+: /, "")}.`
    : `Your answer was not sent. ${message}`;

function open(c: Ctx, question: QuestionRow, failed: Shown["failed"], now: number): Html {
  const { defaultAnswer, timesOutAt } = question;
  return html`${answerForms({
      id: question.id,
      options: JSON.parse(question.options) as string[],
      takesText: question.takesText === 1,
      action: addressOf(c, question.id),
      typed: failed?.typed ?? "",
      isWrong: failed !== undefined,
    })}
    <p class="aside">
      <span
        >Times out ${momentAhead(timesOutAt, now)}.
        ${defaultAnswer === null ? "" : html`Without an answer, the agent continues with <strong>${defaultAnswer}</strong>.`}</span
      >
    </p>`;
}

function ended({ state, answer, by, endedAt }: QuestionRow, now: number): Html {
  const when = moment(endedAt ?? now, now);
  if (state === "answered")
    return html`<p class="ended">Answered by <strong>${by ?? "a deleted user"}</strong> ${when}:</p>
      <blockquote>${answer}</blockquote>`;
  if (state === "timed_out")
    return html`<p class="ended">Timed out ${when}, without an answer.</p>
      ${answer === null ? "" : html`<p>The agent continued with <strong>${answer}</strong>.</p>`}`;
  return html`<p class="ended">Withdrawn ${when}.</p>
    <p>The agent continued without an answer, or asked another question.</p>`;
}
