// The tool `ask`: a question to the user, and a wait for the answer within the time that a call may take.
import { maxWaitSeconds } from "../agent-sessions/questions/rules/question.ts";
import { maxTitleBytes } from "../agent-sessions/rules/report.ts";
import { type Client, segment } from "../client.ts";
import { cutToBytes } from "../kernel/rules/text.ts";
import { askInSession } from "./ask-in-session.ts";
import { maxAskSeconds } from "./rules/tools.ts";
import {
  keyOf,
  noSession,
  refuse,
  say,
  type Arguments,
  type ToolContext,
  type ToolResult,
  type Unchecked,
} from "./tool.ts";

export async function ask({ client, session }: ToolContext, given: Arguments): Promise<ToolResult> {
  const {
    session: named = session,
    id,
    wait_s: wait = maxAskSeconds,
    title,
    question: text,
    ...more
  } = given;
  if (typeof wait !== "number" || !(wait >= 0 && wait <= maxAskSeconds))
    return refuse(`wait_s: must be a number from 0 to ${maxAskSeconds}`);
  if (id !== undefined) return waitFor(client, String(id), wait);
  if (typeof text !== "string") return refuse("question: missing, or id for a question that you have asked");
  const key = keyOf(named);
  if (key === undefined) return noSession;
  const param = { key: segment(key) };
  const json = { text, ...more } as Unchecked;
  const newTitle = typeof title === "string" ? title : cutToBytes(text, maxTitleBytes);
  const asked = await askInSession(client, { key, title: newTitle }, () =>
    client.ask((routes) => routes["agent-sessions"][":key"].questions.$post({ param, json })),
  );
  return waitFor(client, asked.id, wait);
}

async function waitFor(client: Client, id: string, seconds: number): Promise<ToolResult> {
  const waits = Array.from({ length: Math.ceil(seconds / maxWaitSeconds) || 1 }, (_, at) =>
    Math.min(maxWaitSeconds, Math.floor(seconds - at * maxWaitSeconds)),
  );
  for (const wait of waits) {
    const { state, answer } = await client.ask((routes) =>
      routes.questions[":id"].$get({ param: { id: segment(id) }, query: { wait: String(wait) } }),
    );
    const structuredContent = { id, state, answer };
    if (state === "answered") return { ...say(answer!), structuredContent };
    if (state === "timed_out")
      return {
        ...say(
          answer === null
            ? "Nobody answered in time."
            : `Nobody answered in time, so the default applies: ${answer}`,
        ),
        structuredContent,
      };
    if (state === "withdrawn") return { ...refuse("The question was withdrawn."), structuredContent };
  }
  return {
    ...say(`No answer yet. To keep waiting, call ask again with only this id: ${id}`),
    structuredContent: { id, state: "open", answer: null },
  };
}
