// A WebSocket as Coder's clients open one: waits for frames, and knows how it ended or why it was refused.
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import type { InboxNotification, Error as Refused } from "./answers.ts";

/** What each open inbox is sent of a new notification. */
export interface Frame {
  notification: InboxNotification;
  unread_count: number;
}

export interface FrameSocket<T = Frame> {
  next: () => Promise<T>;
  /** How many have come and were not asked for. */
  waiting: () => number;
  /** The code that the server closed with; 1006 when the connection just ended. */
  ended: Promise<number>;
  close: () => void;
  /** Reads nothing more. */
  pause: () => void;
}

export interface Refusal {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  json: Refused;
}

const socketUrl = (url: string) => url.replace(/^http/, "ws");

/** Resolves once the handshake is done. */
export async function openFrames<T = Frame>(
  url: string,
  token: string | null,
  headers: Record<string, string> = {},
): Promise<FrameSocket<T>> {
  const socket = new WebSocket(socketUrl(url), {
    headers: { ...(token === null ? {} : { "coder-session-token": token }), ...headers },
  });
  const frames: T[] = [];
  const waiting: ((frame: T) => void)[] = [];
  socket.on("message", (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as T;
    const waiter = waiting.shift();
    if (waiter === undefined) frames.push(frame);
    else waiter(frame);
  });
  const ended = new Promise<number>((resolve) => socket.on("close", resolve));
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  socket.on("error", () => {});
  onTestFinished(() => socket.terminate());
  return {
    next: () => {
      const frame = frames.shift();
      return frame === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(frame);
    },
    waiting: () => frames.length,
    ended,
    close: () => socket.close(),
    pause: () => socket.pause(),
  };
}

/** What a client that asks for a socket is answered instead. */
export function refusalOf(url: string, headers: Record<string, string>): Promise<Refusal> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(socketUrl(url), { headers });
    socket.once("open", () => reject(new Error("it was opened")));
    socket.once("error", reject);
    socket.once("unexpected-response", (_request, answer) => {
      let body = "";
      answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
      answer.on("end", () =>
        resolve({
          status: answer.statusCode!,
          headers: answer.headers,
          json: JSON.parse(body) as Refusal["json"],
        }),
      );
    });
  });
}
