// A stream of server-sent events for slow readers: the buffer is bounded, and a connection that isn't read is closed.

/** Bytes that wait for a reader. */
const maxBufferedBytes = 65_536;
/** Milliseconds that a reader has to take what is left when the stream ends. */
const endTimeoutMs = 500;

export interface EventStream {
  readable: ReadableStream<Uint8Array>;
  isOpen: () => boolean;
  hasRoom: () => boolean;
  /** A reader with room takes it; events larger than all the room are sent all the same. */
  send: (text: string) => void;
  /** Ends it after what was sent. */
  end: () => void;
  /** Ends it at once; what wasn't read is lost. */
  cut: () => void;
}

/** `changed` is called when there is room again, and when the reader has gone. `hangUp` ends their connection, where it is known. */
export function createEventStream(changed: () => void, hangUp: (() => void) | undefined): EventStream {
  const encoder = new TextEncoder();
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
  const readable = new ReadableStream(
    source,
    new ByteLengthQueuingStrategy({ highWaterMark: maxBufferedBytes }),
  );
  return {
    readable,
    isOpen: () => isOpen,
    hasRoom: () => isOpen && controller.desiredSize! > 0,
    send: (text) => {
      if (isOpen) controller.enqueue(encoder.encode(text));
    },
    end: () => {
      if (!isOpen) return;
      isOpen = false;
      controller.close();
      if (hangUp !== undefined) setTimeout(hangUp, endTimeoutMs);
    },
    cut: () => {
      if (!isOpen) return;
      isOpen = false;
      if (hangUp === undefined) controller.error(new Error("the reader is too slow"));
      else hangUp();
    },
  };
}

/** One event on the wire. */
export const eventText = (event: { id: number; event: string; data: string }): string =>
  `event: ${event.event}\ndata: ${event.data}\nid: ${event.id}\n\n`;
