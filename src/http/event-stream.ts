// A stream of server-sent events for slow readers: what waits for a reader is bounded. This one is a body of the web's
// streams, as Workers have them; Node's writes into the connection (`src/runtime/event-streams.ts`).

/** Bytes that wait for a reader. */
const maxBufferedBytes = 65_536;

export interface EventStream {
  isOpen: () => boolean;
  hasRoom: () => boolean;
  /** A reader with room takes it; events larger than all the room are sent all the same. Readers can share the bytes. */
  send: (bytes: Uint8Array) => void;
  /** Ends it after what was sent. */
  end: () => void;
  /** Ends it at once; what wasn't read is lost. */
  cut: () => void;
}

/** `changed` is called when there is room again, and when the reader has gone. */
export type OpenEventStream = (
  headers: Record<string, string>,
  changed: () => void,
) => { stream: EventStream; response: Response };

export const openEventStream: OpenEventStream = (headers, changed) => {
  let isOpen = true;
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const source: UnderlyingDefaultSource<Uint8Array> = {
    start: (given) => void (controller = given),
    pull: changed,
    cancel: () => {
      isOpen = false;
      changed();
    },
  };
  const strategy = new ByteLengthQueuingStrategy({ highWaterMark: maxBufferedBytes });
  const stream: EventStream = {
    isOpen: () => isOpen,
    hasRoom: () => isOpen && controller.desiredSize! > 0,
    send: (bytes) => {
      if (isOpen) controller.enqueue(bytes);
    },
    end: () => {
      if (isOpen) controller.close();
      isOpen = false;
    },
    cut: () => {
      if (isOpen) controller.error(new Error("the reader is too slow"));
      isOpen = false;
    },
  };
  return { stream, response: new Response(new ReadableStream(source, strategy), { headers }) };
};

const encoder = new TextEncoder();

/** One event on the wire. */
export const eventBytes = (event: { id?: string; event: string; data: string }): Uint8Array =>
  encoder.encode(
    `event: ${event.event}\ndata: ${event.data}\n${event.id === undefined ? "" : `id: ${event.id}\n`}\n`,
  );

export const commentBytes = (text: string): Uint8Array => encoder.encode(`: ${text}\n\n`);

/** What a reader resumes from, and after how many milliseconds. */
export const positionBytes = (id: string, retryMs: number): Uint8Array =>
  encoder.encode(`retry: ${retryMs}\nid: ${id}\n\n`);
