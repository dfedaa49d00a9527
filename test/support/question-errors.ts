// How to make the errors that routes of questions declare.
import { addUser } from "./server.ts";
import { withUsedKey, type Make } from "./workspace-errors.ts";

type World = Parameters<Make>[0];

const nobody = "00000000-0000-4000-8000-000000000000";
const asked = { text: "Which one?", options: ["a", "b"] };

const as =
  (method: string, path: string, json?: unknown): Make =>
  ({ server, token }) =>
    server.call(method, path, { token, ...(json === undefined ? {} : { json }) });

/** By a token that only reads. */
const asReader =
  (method: string, path: string, json?: unknown): Make =>
  async (world) => {
    const reader = await addUser(world.server, `reads-${path.length}`);
    const { json: made } = await world.server.call("POST", "/api/v2/users/me/keys/tokens", {
      token: reader.token,
      json: { token_name: "reads", scope: "read" },
    });
    return world.server.call(method, path, { token: made.key, ...(json === undefined ? {} : { json }) });
  };

/** As somebody of their own, whose sessions nobody has used up. */
const asAnother =
  (name: string, make: Make): Make =>
  async (world) =>
    make({ ...world, token: (await addUser(world.server, name)).token });

async function ask(world: World, key: string): Promise<string> {
  const path = `/api/v2/agent-sessions/${key}`;
  await as("PUT", path, { state: "working", title: "x" })(world);
  const { json } = await as("POST", `${path}/questions`, asked)(world);
  return (json as unknown as { id: string }).id;
}

/** To a question that has ended before, by `ends`. */
const ended = (key: string, ends: string, method: string, act: string, json?: unknown): Make =>
  asAnother(key, async (world) => {
    const path = `/api/v2/questions/${await ask(world, key)}`;
    await as("POST", `${path}/${ends}`, ends === "answer" ? { option: "a" } : undefined)(world);
    return as(method, `${path}/${act}`, json)(world);
  });

/** Bodies that pass validation. */
export const questionBodies: Record<string, unknown> = {
  "POST /api/v2/agent-sessions/:key/questions": asked,
  "POST /api/v2/questions/:id/answer": { option: "a" },
};

export const questionErrors: Record<string, Make> = {
  "POST /api/v2/agent-sessions/:key/questions 403": asReader(
    "POST",
    "/api/v2/agent-sessions/any/questions",
    asked,
  ),
  "POST /api/v2/agent-sessions/:key/questions 404": as(
    "POST",
    "/api/v2/agent-sessions/none/questions",
    asked,
  ),
  "POST /api/v2/agent-sessions/:key/questions 409": asAnother("parent", async (world) => {
    await as("PUT", "/api/v2/agent-sessions/child", { state: "working", title: "x", parent: "p" })(world);
    return as("POST", "/api/v2/agent-sessions/child/questions", asked)(world);
  }),
  "POST /api/v2/agent-sessions/:key/questions 422": asAnother("repeater", async (world) => {
    await as("PUT", "/api/v2/agent-sessions/repeats", { state: "working", title: "x" })(world);
    return withUsedKey("/agent-sessions/repeats/questions", asked)(world);
  }),
  "POST /api/v2/agent-sessions/:key/questions 429": asAnother("hurrier", async (world) => {
    await as("PUT", "/api/v2/agent-sessions/hurries", { state: "working", title: "x" })(world);
    await world.server.sql("UPDATE agent_sessions SET minute_changes = 60 WHERE key = 'hurries'");
    return as("POST", "/api/v2/agent-sessions/hurries/questions", asked)(world);
  }),
  "GET /api/v2/questions 400": as("GET", "/api/v2/questions?limit=many"),
  "GET /api/v2/questions/:id 400": as("GET", "/api/v2/questions/1"),
  "GET /api/v2/questions/:id 404": as("GET", `/api/v2/questions/${nobody}`),
  "GET /api/v2/questions/:id 503": asAnother("crowd", async (world) => {
    const id = await ask(world, "crowded");
    const { questions } = world.server.deps().process;
    const ending = new AbortController();
    const { signal } = ending;
    for (let count = 0; count < 2_000; count += 1) questions.join(nobody, { timeoutMs: 60_000, signal });
    const answer = await as("GET", `/api/v2/questions/${id}?wait=25`)(world);
    ending.abort();
    return answer;
  }),
  "POST /api/v2/questions/:id/answer 404": as("POST", `/api/v2/questions/${nobody}/answer`, { option: "a" }),
  "POST /api/v2/questions/:id/answer 409": ended("answered", "answer", "POST", "answer", { option: "b" }),
  "POST /api/v2/questions/:id/answer 410": ended("gone", "withdraw", "POST", "answer", { option: "b" }),
  "POST /api/v2/questions/:id/withdraw 400": as("POST", "/api/v2/questions/1/withdraw"),
  "POST /api/v2/questions/:id/withdraw 403": asReader("POST", `/api/v2/questions/${nobody}/withdraw`),
  "POST /api/v2/questions/:id/withdraw 404": as("POST", `/api/v2/questions/${nobody}/withdraw`),
  "POST /api/v2/questions/:id/withdraw 409": ended("decided", "answer", "POST", "withdraw"),
  "POST /api/v2/questions/:id/withdraw 410": ended("late", "withdraw", "POST", "withdraw"),
};
