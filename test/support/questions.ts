// What tests of questions begin with: a member `mia` whose agent has a session, and the calls of both.
import { addUser, signInFirst, startTestServer, type TestServerOptions } from "./server.ts";

export interface AskOptions {
  key?: string;
  as?: string;
  headers?: Record<string, string>;
}

export async function startAsking(options: TestServerOptions = {}) {
  const server = await startTestServer(options);
  const { token: ownerToken } = await signInFirst(server);
  const mia = await addUser(server, "mia");
  const { token } = mia;
  const report = (state: string, more: object = {}, key = "main") =>
    server.call("PUT", `/api/v2/agent-sessions/${key}`, {
      token,
      json: { state, title: "Fix the login redirect", ...more },
    });
  await report("working");
  const ask = (json: object = {}, { key = "main", as = token, headers = {} }: AskOptions = {}) =>
    server.call("POST", `/api/v2/agent-sessions/${key}/questions`, {
      token: as,
      headers,
      json: { text: "Which redirect should stay?", options: ["The first", "The second"], ...json },
    });
  return {
    server,
    ownerToken,
    mia,
    report,
    ask,
    /** Asks, and answers the question's id. */
    asked: async (json: object = {}, more: AskOptions = {}) => {
      const answer = await ask(json, more);
      if (answer.status !== 201) throw new Error(`ask: ${answer.status} ${answer.text}`);
      return answer.json.id;
    },
    question: (id: string, wait?: number, as = token) =>
      server.call(
        "GET",
        `/api/v2/questions/${id}${wait === undefined ? "" : `?wait=${wait}`}` as "/api/v2/questions/id",
        {
          token: as,
        },
      ),
    answer: (id: string, json: object = { option: "The first" }, as = token) =>
      server.call("POST", `/api/v2/questions/${id}/answer`, { token: as, json }),
    withdraw: (id: string, as = token) =>
      server.call("POST", `/api/v2/questions/${id}/withdraw`, { token: as }),
    session: async (key = "main") =>
      (await server.call("GET", `/api/v2/agent-sessions/${key}`, { token })).json,
    /** Titles and how their situations ended, of what is in the inbox, newest first; `unread` as the badge has it. */
    inbox: async () => {
      const { json } = await server.call("GET", "/api/v2/notifications/inbox", { token });
      return { unread: json.unread_count, titles: json.notifications.map(({ title }) => title) };
    },
  };
}

export type Asking = Awaited<ReturnType<typeof startAsking>>;
