// Request limits, names of one line, archives that are not tar, and findings.
import { expect, test } from "vitest";
import { fail, ok, warn } from "../../../src/kernel/rules/finding.ts";
import { createRequestLimit, createSemaphore, windowMs } from "../../../src/kernel/rules/limits.ts";
import { readTar, validateTar, writeTar } from "../../../src/kernel/rules/tar.ts";
import { validateOneLine } from "../../../src/kernel/rules/text.ts";

test("a caller has so many requests in a minute of the clock, and others have their own", () => {
  const limit = createRequestLimit(2);
  expect(limit.max).toBe(2);
  const start = 10 * windowMs;
  expect(limit.take("a", start)).toEqual({ isAllowed: true, left: 1, seconds: 60 });
  expect(limit.take("a", start + 30_000)).toEqual({ isAllowed: true, left: 0, seconds: 30 });
  expect(limit.take("a", start + 59_999)).toEqual({ isAllowed: false, left: 0, seconds: 1 });
  expect(limit.take("b", start + 59_999).isAllowed).toBe(true);
  expect(limit.take("a", start + windowMs).isAllowed).toBe(true);
});

test("more callers than the limit remembers reset the counts instead of filling the memory", () => {
  const limit = createRequestLimit(1);
  limit.take("first", 0);
  expect(limit.take("first", 0).isAllowed).toBe(false);
  for (let caller = 1; caller < 100_000; caller += 1) limit.take(String(caller), 0);
  expect(limit.take("first", 0).isAllowed).toBe(true);
});

test("a permit of a semaphore that is released twice counts once", async () => {
  const semaphore = createSemaphore({ concurrency: 1, perHolder: 1, maxWaiting: 1 });
  const release = (await semaphore.acquire("a"))!;
  const second = semaphore.acquire("b");
  expect(await semaphore.acquire("c")).toBeUndefined();
  release();
  release();
  (await second)!();
  expect(await semaphore.acquire("c")).toBeDefined();
});

test("a holder who releases one of two permits can acquire one again", async () => {
  const semaphore = createSemaphore({ concurrency: 3, perHolder: 2, maxWaiting: 0 });
  const release = (await semaphore.acquire("a"))!;
  await semaphore.acquire("a");
  expect(await semaphore.acquire("a")).toBeUndefined();
  release();
  expect(await semaphore.acquire("a")).toBeDefined();
});

test.each([
  ["Task Idle", undefined],
  ["a\nb", "must be one line of text"],
  ["a\u2028b", "must be one line of text"],
  ["a\u202Eb", expect.stringContaining("direction of text")],
])("the name %j: %j", (name, problem) => {
  expect(validateOneLine(name)).toEqual(problem);
});

const first = (...start: number[]) => Uint8Array.from({ length: 512 }, (_, at) => start[at] ?? 0);
test.each([
  ["nothing", new Uint8Array(), "is empty; send a tar"],
  ["a gzip", first(0x1f, 0x8b), expect.stringContaining("compressed")],
  ["another file that begins like a gzip", first(0x1f, 1), "is not a tar archive"],
  ["a zip", first(0x50, 0x4b), expect.stringContaining("zip")],
  ["another file that begins like a zip", first(0x50, 1), "is not a tar archive"],
  ["half a block", new Uint8Array(100).fill(1), expect.stringContaining("cut off")],
  ["an empty archive", new Uint8Array(1_024), "has no files"],
])("an upload of %s: %j", (_, bytes, problem) => {
  expect(validateTar(bytes)).toEqual(problem);
});

/** An archive with a changed header and its right checksum. */
function withHeader(change: (header: Uint8Array) => void, content = ""): Uint8Array {
  const tar = writeTar([{ path: "a", content: new TextEncoder().encode(content), executable: false }]);
  const header = tar.subarray(0, 512);
  change(header);
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  return tar;
}

test("a header whose size is not octal, or whose pax record has no length, can't be read; an empty number is 0", () => {
  const limits = { entries: 10, size: 1_000 };
  const size = (text: string) => withHeader((header) => header.set(new TextEncoder().encode(text), 124));
  expect(() => readTar(size("12x4"), limits)).toThrow("can't be read");
  expect(
    readTar(
      withHeader((header) => header.fill(0, 124, 136)),
      limits,
    ),
  ).toHaveLength(1);
  const pax = withHeader((header) => header.set([0x78], 156), "nolength");
  expect(() => readTar(pax, limits)).toThrow("can't be read");
});

test("findings say what was checked, how it is, and what to do", () => {
  expect(ok("disk", "free")).toEqual({ check: "disk", level: "ok", message: "free" });
  expect(warn("disk", "90 %", "free space")).toMatchObject({ level: "warn", advice: "free space" });
  expect(fail("disk", "full", "free space")).toMatchObject({ level: "fail", advice: "free space" });
});
