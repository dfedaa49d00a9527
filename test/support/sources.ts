// A source of a test server, and posts to it as Coder's server makes them.
import {
  addUser,
  callServer,
  signInFirst,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from "./server.ts";
import { goJson } from "./coder-messages.ts";

export interface TestSource {
  name: string;
  /** With the secret. */
  address: string;
}

export async function addSource(server: TestServer, token: string, name = "prod"): Promise<TestSource> {
  const created = await server.call("POST", "/api/v2/sources", { token, json: { name, kind: "coder" } });
  if (created.status !== 201) throw new Error(`source: ${created.status} ${created.text}`);
  server.secret(created.json.address.split("/").at(-1)!);
  return { name, address: created.json.address };
}

/** `headers`: in place of those that Coder's server sends. */
export function postMessage(
  server: { url: string },
  source: { address: string },
  message: unknown,
  headers: Record<string, string> = {},
) {
  const id = (message as { msg_id?: unknown } | null)?.msg_id;
  return callServer(server.url, "POST", new URL(source.address).pathname as "/", {
    body: typeof message === "string" ? message : goJson(message),
    headers: {
      "content-type": "application/json",
      "user-agent": "Go-http-client/1.1",
      ...(typeof id === "string" ? { "x-message-id": id } : {}),
      ...headers,
    },
  });
}

/** A server with a source, a user whom it names, and what they see. */
export async function startWithSource(options: TestServerOptions = {}) {
  const server = await startTestServer(options);
  const { token } = await signInFirst(server);
  const mia = await addUser(server, "mia");
  const source = await addSource(server, token);
  const post = (message: unknown, headers?: Record<string, string>) =>
    postMessage(server, source, message, headers);
  const inbox = async (as = mia.token) =>
    (await server.call("GET", "/api/v2/notifications/inbox", { token: as })).json.notifications;
  const log = async () =>
    (await server.call("GET", "/api/v2/notifications/messages", { token })).json.messages;
  const listed = async () => (await server.call("GET", "/api/v2/sources", { token })).json[0]!;
  return { server, token, mia, source, post, inbox, log, listed };
}
