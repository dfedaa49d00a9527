// The header of W3C Trace Context, which traces are sampled, and what a collector is sent.
import fc from "fast-check";
import { expect, test } from "vitest";
import { isInSample, parseTraceparent, toOtlp, traceparentOf } from "../../../src/kernel/rules/trace.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const valid = `00-${traceId}-${spanId}-01`;

test("a header is read, and written as it was", () => {
  expect(parseTraceparent(valid)).toEqual({ traceId, spanId, isSampled: true });
  expect(parseTraceparent(`00-${traceId}-${spanId}-02`)).toEqual({ traceId, spanId, isSampled: false });
  for (const flags of ["00", "01"]) {
    const text = `00-${traceId}-${spanId}-${flags}`;
    expect(traceparentOf(parseTraceparent(text)!)).toBe(text);
  }
});

test("later versions may be longer; this one may not, and one is forbidden", () => {
  expect(parseTraceparent(`cc-${traceId}-${spanId}-01-more`)).toEqual({ traceId, spanId, isSampled: true });
  expect(parseTraceparent(`${valid}-more`)).toBeNull();
  expect(parseTraceparent(`ff-${traceId}-${spanId}-01`)).toBeNull();
});

test.each([
  null,
  undefined,
  "",
  valid.toUpperCase(),
  ` ${valid}`,
  valid.slice(0, -1),
  `00-${"0".repeat(32)}-${spanId}-01`,
  `00-${traceId}-${"0".repeat(16)}-01`,
  `00-${traceId}-${spanId}-0g`,
])("%j is none", (text) => {
  expect(parseTraceparent(text)).toBeNull();
});

test("nothing that a client sends fails, and what is read is valid", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const read = parseTraceparent(text);
      expect(read === null || parseTraceparent(traceparentOf(read)) !== null).toBe(true);
    }),
  );
});

test("a share of the traces is sampled, the same at each process", () => {
  const ids = Array.from({ length: 1_000 }, (_, at) => (at / 1_000) * 2 ** 48).map((end) =>
    Math.floor(end).toString(16).padStart(32, "0"),
  );
  const share = (ratio: number) => ids.filter((id) => isInSample(id, ratio)).length;
  expect([share(0), share(0.25), share(1)]).toEqual([0, 250, 1_000]);
  expect(isInSample("f".repeat(32), 1)).toBe(true);
});

test("a collector is sent OTLP's JSON", () => {
  const span = {
    context: { traceId, spanId, isSampled: true },
    name: "GET /healthz",
    kind: "server" as const,
    start: 1_764_000_000_000,
    end: 1_764_000_000_001.25,
    attributes: { text: "a", whole: 3, part: 0.5, yes: true, none: undefined },
  };
  const body = toOtlp({ "service.name": "belfry" }, [
    { ...span, parentId: undefined, isFailed: false },
    { ...span, parentId: "00f067aa0ba902b7", isFailed: true },
  ]);
  const shown = {
    traceId,
    spanId,
    name: "GET /healthz",
    kind: 2,
    startTimeUnixNano: "1764000000000000000",
    endTimeUnixNano: "1764000000001250000",
    attributes: [
      { key: "text", value: { stringValue: "a" } },
      { key: "whole", value: { intValue: "3" } },
      { key: "part", value: { doubleValue: 0.5 } },
      { key: "yes", value: { boolValue: true } },
    ],
  };
  expect(JSON.parse(body)).toEqual({
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: "belfry" } }] },
        scopeSpans: [
          {
            scope: { name: "belfry" },
            spans: [shown, { ...shown, parentSpanId: "00f067aa0ba902b7", status: { code: 2 } }],
          },
        ],
      },
    ],
  });
});
