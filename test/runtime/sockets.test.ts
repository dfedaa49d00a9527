// Frames of text, as any client of WebSocket reads them.
import type { Writable } from "node:stream";
import { expect, test } from "vitest";
import * as ws from "ws";
import { frameText } from "../../src/runtime/sockets.ts";

/** What its types leave out. */
const { Receiver } = ws as unknown as { Receiver: new () => Writable };

test.each([0, 1, 125, 126, 65_535, 65_536, 100_000])("a frame of %i bytes", async (length) => {
  const text = "é".repeat(Math.floor(length / 2)) + "x".repeat(length % 2);
  const receiver = new Receiver();
  const received = new Promise<[Buffer, boolean]>((resolve) =>
    receiver.once("message", (data: Buffer, isBinary: boolean) => resolve([data, isBinary])),
  );
  receiver.write(frameText(text));
  const [data, isBinary] = await received;
  expect(data.toString()).toBe(text);
  expect(isBinary).toBe(false);
});
