// Which trace work belongs to, and its spans. Without a collector, a caller's trace is passed on to receivers, and nothing
// else happens.
import type { Deps } from "./deps.ts";
import { isInSample, type Attributes, type SpanKind, type TraceContext } from "./rules/trace.ts";

type Traced = Pick<Deps, "trace" | "process" | "newId" | "now" | "db">;

/** The last half of a UUID is random. */
const newSpanId = (deps: Pick<Deps, "newId">) => deps.newId().replaceAll("-", "").slice(16);

/** A span of the parent's trace; the parent itself if it isn't sampled or nothing is recorded. */
const childOf = (deps: Omit<Traced, "trace">, parent: TraceContext): TraceContext =>
  parent.isSampled && deps.process.tracer !== null ? { ...parent, spanId: newSpanId(deps) } : parent;

/** What a request or a periodic run belongs to: its caller's trace, or one of its own if it is sampled. */
export function traceOf(deps: Deps, parent: TraceContext | null): TraceContext | null {
  const { tracer } = deps.process;
  if (tracer === null) return parent;
  if (parent !== null) return childOf(deps, parent);
  const traceId = deps.requestId.replaceAll("-", "");
  return isInSample(traceId, tracer.ratio) ? { traceId, spanId: newSpanId(deps), isSampled: true } : null;
}

/** The same dependencies within the trace: batches of the database are spans of it. */
export function withTrace<T extends Traced>(deps: T, trace: TraceContext | null): T {
  const { tracer } = deps.process;
  if (tracer === null || trace?.isSampled !== true) return { ...deps, trace };
  const db = deps.db.observe("trace", ({ mode, statements, rows, changed, ms, failure }) => {
    const end = deps.now();
    tracer.record({
      context: childOf(deps, trace),
      parentId: trace.spanId,
      name: `database ${mode}`,
      kind: "client",
      start: end - ms,
      end,
      attributes: {
        "db.system.name": "sqlite",
        "db.operation.batch.size": statements,
        "db.response.returned_rows": rows,
        "belfry.changed_rows": changed,
        "error.type": failure,
      },
      isFailed: failure !== undefined,
    });
  });
  return { ...deps, trace, db };
}

export interface SpanNotes {
  name: string;
  kind: SpanKind;
  start: number;
  attributes: Attributes;
  isFailed: boolean;
}

/** Records a span that has just ended. `parent`: undefined for the first of a trace. */
export function recordSpan(
  deps: Pick<Deps, "process" | "now">,
  context: TraceContext | null,
  parent: TraceContext | null,
  notes: SpanNotes,
): void {
  const { tracer } = deps.process;
  if (tracer === null || context?.isSampled !== true) return;
  tracer.record({ ...notes, context, parentId: parent?.spanId, end: deps.now() });
}

/** Work that is a span of the trace that `deps` belong to. */
export async function inSpan<T>(deps: Traced, name: string, work: () => Promise<T>): Promise<T> {
  const { trace } = deps;
  if (deps.process.tracer === null || trace?.isSampled !== true) return work();
  const start = deps.now();
  const end = (isFailed: boolean) =>
    recordSpan(deps, childOf(deps, trace), trace, {
      name,
      kind: "internal",
      start,
      attributes: {},
      isFailed,
    });
  try {
    const result = await work();
    end(false);
    return result;
  } catch (error) {
    end(true);
    throw error;
  }
}

/** A periodic run, as a trace of its own. */
export async function inOwnTrace<T>(deps: Deps, name: string, work: (deps: Deps) => Promise<T>): Promise<T> {
  const trace = traceOf(deps, null);
  const start = deps.now();
  const result = await work(withTrace(deps, trace));
  recordSpan(deps, trace, null, { name, kind: "internal", start, attributes: {}, isFailed: false });
  return result;
}

/** A delivery in the trace of its event: what its request carries, and how it ends. */
export function beginDelivery(deps: Deps, parent: TraceContext | null) {
  const context = parent && childOf(deps, parent);
  const start = deps.now();
  return {
    context,
    end: (name: string, attributes: Attributes, isFailed: boolean) =>
      recordSpan(deps, context, parent, { name, kind: "client", start, attributes, isFailed }),
  };
}
