// The receivers of a bench, each in a process of its own: a webhook's, and a mail server with PIPELINING that accepts
// everything. Both report each time that another `count` messages have arrived. Run as: receivers.ts KIND COUNT.
import { fork } from "node:child_process";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

const kinds = { webhook: createWebhook, mail: createMailServer };
export type ReceiverKind = keyof typeof kinds;

export interface Receiver {
  port: number;
  /** Resolves when the next `count` messages have arrived. */
  arrived: () => Promise<void>;
  stop: () => void;
}

export async function startReceiver(kind: ReceiverKind, count: number): Promise<Receiver> {
  const child = fork(import.meta.filename, [kind, String(count)]);
  const next = () => new Promise<unknown>((resolve) => child.once("message", resolve));
  const port = (await next()) as number;
  return { port, arrived: () => next() as Promise<void>, stop: () => void child.kill() };
}

/** Answers 204. */
function createWebhook(onMessage: () => void): Server {
  return createHttpServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(204).end();
      onMessage();
    });
  });
}

const extensions = "250-bench.test\r\n250-PIPELINING\r\n250 8BITMIME\r\n";
const replies: Readonly<Record<string, string>> = {
  EHLO: extensions,
  DATA: "354 go on\r\n",
  QUIT: "221 bye\r\n",
};

function createMailServer(onMessage: () => void): Server {
  return createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {});
    serveMail(socket, onMessage);
  });
}

/** Replies after `delayMs`. */
export function serveMail(socket: Socket, onMessage: (text: string) => void, delayMs = 0): void {
  let received = "";
  let isText = false;
  const reply = (text: string) => {
    if (delayMs === 0) socket.write(text);
    else setTimeout(() => socket.write(text), delayMs);
  };
  reply("220 bench.test\r\n");
  const next = (end: string): string | undefined => {
    const at = received.indexOf(end);
    if (at < 0) return undefined;
    const part = received.slice(0, at);
    received = received.slice(at + end.length);
    return part;
  };
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
    let output = "";
    for (let part = next(isText ? "\r\n.\r\n" : "\r\n"); part !== undefined;) {
      const command = part.slice(0, 4).toUpperCase();
      output += isText ? "250 taken\r\n" : (replies[command] ?? "250 ok\r\n");
      if (isText) onMessage(part);
      isText = !isText && command === "DATA";
      part = next(isText ? "\r\n.\r\n" : "\r\n");
    }
    reply(output);
    if (output.endsWith(replies["QUIT"]!)) socket.end();
  });
}

if (import.meta.filename === process.argv[1]) {
  const [kind, count] = process.argv.slice(2) as [ReceiverKind, string];
  let arrived = 0;
  const server = kinds[kind](() => {
    arrived += 1;
    if (arrived % Number(count) === 0) process.send!("all");
  });
  server.listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
}
