// W3C Trace Context (`traceparent`), and spans as OTLP's JSON.

export interface TraceContext {
  /** 32 hex digits. */
  traceId: string;
  /** 16 hex digits. */
  spanId: string;
  isSampled: boolean;
}

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Null without a valid one. Later versions may be longer. */
export function parseTraceparent(text: string | null | undefined): TraceContext | null {
  // Most requests have none.
  if (text == null) return null;
  const [, version, traceId, spanId, flags, rest] = form.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || version === "ff") return null;
  if (version === "00" && rest !== undefined) return null;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null;
  return { traceId, spanId, isSampled: (Number.parseInt(flags!, 16) & 1) === 1 };
}

export const traceparentOf = ({ traceId, spanId, isSampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;

/** The end of a trace's id is random: of all traces, this share is sampled, the same ones by every process. */
export const isInSample = (traceId: string, ratio: number): boolean =>
  Number.parseInt(traceId.slice(-12), 16) < ratio * 2 ** 48;

/** By OTLP's numbers. */
export const spanKinds = { internal: 1, server: 2, client: 3 } as const;
export type SpanKind = keyof typeof spanKinds;
export type Attributes = Record<string, string | number | boolean | undefined>;

export interface Span {
  context: TraceContext;
  parentId: string | undefined;
  name: string;
  kind: SpanKind;
  /** Epoch milliseconds. */
  start: number;
  end: number;
  attributes: Attributes;
  isFailed: boolean;
}

/** The body of an export. */
export const toOtlp = (resource: Attributes, spans: readonly Span[]): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: toAttributes(resource) },
        scopeSpans: [{ scope: { name: "belfry" }, spans: spans.map(toOtlpSpan) }],
      },
    ],
  });

const toOtlpSpan = ({ context, parentId, name, kind, start, end, attributes, isFailed }: Span) => ({
  traceId: context.traceId,
  spanId: context.spanId,
  ...(parentId === undefined ? {} : { parentSpanId: parentId }),
  name,
  kind: spanKinds[kind],
  startTimeUnixNano: toNanoseconds(start),
  endTimeUnixNano: toNanoseconds(end),
  attributes: toAttributes(attributes),
  ...(isFailed ? { status: { code: 2 } } : {}),
});

/** A number has too few digits for it. */
const toNanoseconds = (milliseconds: number): string => `${Math.round(milliseconds * 1_000)}000`;

const toAttributes = (attributes: Attributes) =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: toValue(value) }],
  );

function toValue(value: string | number | boolean) {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
