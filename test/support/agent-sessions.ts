// What tests of AI agents' sessions begin with: a member whose agents report, and a clock that is set.
import { addUser, signInFirst, startTestServer, type TestServerOptions } from "./server.ts";

export async function startSessions(options: TestServerOptions = {}) {
  const server = await startTestServer(options);
  const { token } = await signInFirst(server);
  const mia = await addUser(server, "mia");
  const report = (key: string, state: string, more: object = {}, as = mia.token) =>
    server.call("PUT", `/api/v2/agent-sessions/${encodeURIComponent(key)}`, {
      token: as,
      json: { state, title: `Session ${key}`, ...more },
    });
  /** What the inbox has; also what a newer item stands for. */
  const notified = async () =>
    (await server.sql(`SELECT title FROM inbox_notifications ORDER BY seq`)).map(({ title }) =>
      String(title),
    );
  const pass = async (milliseconds: number) => {
    server.clock.advance(milliseconds);
    await server.runTick();
    await server.settled();
  };
  const session = async (key: string, as = mia.token) =>
    server.call("GET", `/api/v2/agent-sessions/${encodeURIComponent(key)}`, { token: as });
  return { server, token, mia, report, notified, pass, session };
}
