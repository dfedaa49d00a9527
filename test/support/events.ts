// Reads server-sent events as a browser would: parses the stream, waits for the next event.
import { onTestFinished } from "vitest";
import type { Frame } from "./frames.ts";

export interface StreamEvent {
  id: string;
  event: string;
  data: string;
}

/** The frame that an inbox's event carries. */
export const frameOf = ({ data }: Pick<StreamEvent, "data">) => JSON.parse(data) as Frame;

export interface EventStream {
  status: number;
  /** The next event that carries data. */
  next: () => Promise<StreamEvent>;
  /** The id to resume from: that of the last event, or the one the server named at first. */
  lastId: () => string;
  /** Resolves once the server has said after which notification it begins. */
  ready: Promise<void>;
  /** Resolves when the server ends the stream. */
  ended: Promise<void>;
  close: () => void;
}

export async function openEvents(url: string, token: string, lastEventId?: string): Promise<EventStream> {
  const controller = new AbortController();
  const response = await fetch(url, {
    signal: controller.signal,
    headers: {
      "coder-session-token": token,
      ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
    },
  });
  const events: StreamEvent[] = [];
  const waiting: ((event: StreamEvent) => void)[] = [];
  let id = "";
  let opened = () => {};
  const ready = new Promise<void>((resolve) => (opened = resolve));

  function take(block: string): void {
    const fields: Record<string, string> = {};
    for (const line of block.split("\n")) {
      const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
      if (name !== undefined) fields[name] = value ?? "";
    }
    if (fields["id"] !== undefined) {
      id = fields["id"];
      opened();
    }
    if (fields["data"] === undefined) return;
    const event = { id, event: fields["event"] ?? "message", data: fields["data"] };
    const waiter = waiting.shift();
    if (waiter === undefined) events.push(event);
    else waiter(event);
  }

  async function pump(): Promise<void> {
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop()!;
      blocks.forEach(take);
    }
  }

  const close = () => controller.abort();
  onTestFinished(close);
  return {
    status: response.status,
    next: () => {
      const event = events.shift();
      return event === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(event);
    },
    lastId: () => id,
    ready,
    ended: pump().catch(() => {}),
    close,
  };
}
