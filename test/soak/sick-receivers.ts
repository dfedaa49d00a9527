// Five receivers in a process of their own, each of which gets into its own trouble when it is told to, and out of it again.
import { fork } from "node:child_process";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface SickReceivers {
  ports: Record<SickName, number>;
  become: (state: "well" | "sick") => Promise<void>;
  /** The ids of the messages that each has accepted, in order; with repetitions. */
  accepted: () => Promise<Record<SickName, string[]>>;
  stop: () => void;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const accept: Answer = (_request, response) => void response.writeHead(204).end();

/** What each does while it is in trouble; undefined: it doesn't listen. */
const troubles = {
  dead: undefined,
  slow: (request, response) => void setTimeout(() => accept(request, response), 2_000),
  limited: (_request, response) => void response.writeHead(429, { "retry-after": "5" }).end(),
  gone: (_request, response) => void response.writeHead(410).end(),
  cutting: (request) => void request.socket.destroy(),
} satisfies Record<string, Answer | undefined>;
export type SickName = keyof typeof troubles;
export const sickNames = Object.keys(troubles) as SickName[];

/** `slow` accepts all the same. */
const accepts: readonly SickName[] = ["slow"];

export async function startSickReceivers(): Promise<SickReceivers> {
  const child = fork(import.meta.filename, ["serve"]);
  const answered = <T>() =>
    new Promise<T>((resolve) => child.once("message", (value) => resolve(value as T)));
  const ports = await answered<Record<SickName, number>>();
  const ask = <T>(what: string) => {
    const answer = answered<T>();
    child.send(what);
    return answer;
  };
  return {
    ports,
    become: (state) => ask(state),
    accepted: () => ask("accepted"),
    stop: () => void child.kill(),
  };
}

async function serve(): Promise<void> {
  let isSick = false;
  const accepted = Object.fromEntries(sickNames.map((name) => [name, [] as string[]]));
  const servers = new Map<SickName, Server>();
  const ports: Record<string, number> = {};
  const listen = (name: SickName, port: number) =>
    new Promise<void>((resolve) => servers.get(name)!.listen(port, "127.0.0.1", resolve));
  for (const name of sickNames) {
    const server = createServer((request, response) => {
      request.resume().on("end", () => {
        if (!isSick || accepts.includes(name)) accepted[name]!.push(String(request.headers["webhook-id"]));
        ((isSick ? troubles[name] : undefined) ?? accept)(request, response);
      });
    });
    servers.set(name, server);
    await listen(name, 0);
    ports[name] = (server.address() as AddressInfo).port;
  }
  const become = async (sick: boolean) => {
    if (sick === isSick) return;
    isSick = sick;
    const dead = servers.get("dead")!;
    if (!sick) return listen("dead", ports["dead"]!);
    dead.closeAllConnections();
    await new Promise((resolve) => dead.close(resolve));
  };
  process.on("message", (what) => {
    if (what === "accepted") process.send!(accepted);
    else void become(what === "sick").then(() => process.send!("done"));
  });
  process.send!(ports);
}

if (import.meta.filename === process.argv[1]) await serve();
