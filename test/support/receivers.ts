// Receivers of a test server, and events for them.
import type { Receiver } from "./receiver.ts";
import { startReceiver } from "./receiver.ts";
import { signInFirst, startTestServer, type TestServer, type TestServerOptions } from "./server.ts";

export const custom = ["custom-notification"];
export const path = "/api/v2/notifications/receivers" as const;

export interface AddedReceiver {
  id: string;
  name: string;
  secret: string | null;
}

/** A server whose receivers may be on this machine, with its owner. */
export async function startWithReceivers(options: TestServerOptions = {}) {
  const server = await startTestServer({
    ...options,
    environment: { BELFRY_NOTIFICATIONS_RECEIVERS_ALLOW_PRIVATE: "true", ...options.environment },
  });
  const { token, userId } = await signInFirst(server);
  const add = (name: string, json: object) => addReceiver(server, token, name, json);
  const at = (name: string, rest = "") => `${path}/${name}${rest}` as typeof path;
  const call = (method: string, name: string, rest = "", json?: unknown) =>
    server.call(method as "GET", at(name, rest), {
      token,
      ...(json === undefined ? {} : { json }),
    }) as unknown as Promise<Answered>;
  const listed = async (name: string) =>
    (await server.call("GET", path, { token })).json.find((one) => one.name === name)!;
  /** One that gets custom notifications, and what it gets. */
  const start = async (name: string, json: object = {}): Promise<Receiver & AddedReceiver> => {
    const receiver = await startReceiver();
    return {
      ...receiver,
      ...(await add(name, { format: "coder", address: receiver.url, kinds: custom, ...json })),
    };
  };
  let count = 0;
  /** A custom notification; resolves when the work after the response is done. */
  const send = async (title = `Event ${(count += 1)}`, message = "") => {
    const sent = await server.call("POST", "/api/v2/notifications/custom", {
      token,
      json: { content: { title, message: message === "" ? title : message } },
    });
    if (sent.status >= 300) throw new Error(`custom: ${sent.status} ${sent.text}`);
  };
  return { server, token, userId, add, call, listed, start, send };
}

interface Answered {
  status: number;
  text: string;
  json: Record<string, unknown> & { validations?: { field: string; detail: string }[] };
}

export async function addReceiver(
  server: TestServer,
  token: string,
  name: string,
  json: object,
): Promise<AddedReceiver> {
  const created = await server.call("POST", path, { token, json: { name, ...json } as never });
  if (created.status !== 201) throw new Error(`receiver: ${created.status} ${created.text}`);
  const { id, secret } = created.json;
  if (secret !== null) server.secret(secret);
  return { id, name, secret };
}

/** The messages to receivers, in order: status and last reason. */
export const messagesTo = async (server: TestServer, name: string) =>
  (
    await server.sql(`SELECT m.status, m.reasons ->> '$[#-1]' AS reason, m.attempt_count AS attempts
      FROM notification_messages m JOIN notification_receivers r ON r.id = m.receiver_id
      WHERE r.name = '${name}' ORDER BY m.seq`)
  ).map(({ status, reason, attempts }) => `${status} ${reason} ${attempts}`);
