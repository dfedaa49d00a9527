// Sends drawn requests to a server and holds it to its own document: no failure of ours, no hanging, no answer that isn't
// declared. What a request does is undone, so each finds the same world.
import fc from "fast-check";
import { createApi } from "../../src/api/index.ts";
import type { Endpoint } from "../../src/http/endpoint.ts";
import { openApiDocument, routesOf } from "../../src/http/openapi.ts";
import { requestOf, type DrawnRequest, type Operation } from "./arbitrary-requests.ts";
import type { Json } from "./documents-schema.ts";
import { startEverybody, type Caller, type Everybody } from "./everybody.ts";
import { wholeRequest } from "./whole-requests.ts";

/** Mostly who gets in: the rest is refused before anything else is looked at. */
const asWhom: Record<Endpoint["access"], readonly Caller[]> = {
  anyone: ["anonymous", "mia"],
  session: ["owner", "owner", "owner", "mia", "mia", "anonymous"],
  provisioner: ["provisioner", "provisioner", "provisioner", "mia", "anonymous"],
  "session-or-provisioner": ["owner", "provisioner", "mia", "anonymous"],
  "session-or-agent": ["mia", "mia", "owner", "agent", "anonymous"],
  agent: ["agent", "agent", "agent", "mia", "anonymous"],
  source: ["anonymous", "mia"],
};
/** Milliseconds after which a request hangs. */
const patience = 5_000;

interface Target extends Operation {
  route: string;
  access: Endpoint["access"];
  usual: unknown;
  /** The path of a right request, by which names are filled in. */
  filled: string;
  /** Media types by status, as declared; an empty list for no body. */
  answers: Record<string, string[]>;
}

export interface FuzzReport {
  seed: number;
  /** How many answers there were of each status. */
  statuses: Record<string, number>;
  routes: number;
  /** Routes that nobody's request got through to. */
  untouched: string[];
  /** Answers that must not be: for each route and fault the smallest request that was given it. */
  faults: string[];
}

/** Everything that is found is reported, not only what is found first. */
export async function fuzz(requests: number, seed = Date.now() % 1_000_000): Promise<FuzzReport> {
  const everybody = await startEverybody();
  const document = openApiDocument(createApi(), everybody.server.url);
  const targets = targetsOf(everybody, document);
  const statuses: Record<string, number> = {};
  const through = new Set<string>();
  const faults = new Map<string, string>();
  const drawn = fc
    .constantFrom(...targets)
    .chain((target) =>
      fc.tuple(
        fc.constant(target),
        fc.constantFrom(...asWhom[target.access]),
        requestOf(target, target.usual, document),
      ),
    );
  for (const [target, caller, request] of fc.sample(drawn, { numRuns: requests, seed })) {
    const { status, fault } = await attack(everybody, target, caller, request);
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status < 400) through.add(target.route);
    if (fault === undefined) continue;
    const report = `${target.route} as ${caller}: ${fault}: ${JSON.stringify(request)}`;
    const key = `${target.route} ${status}`;
    if (report.length < (faults.get(key)?.length ?? Infinity)) faults.set(key, report);
  }
  await everybody.server.settled();
  const errors = everybody.server.logs.filter((line) => line.includes('"level":"error"'));
  return {
    seed,
    statuses,
    routes: targets.length,
    untouched: targets.map(({ route }) => route).filter((route) => !through.has(route)),
    faults: [...faults.values(), ...errors],
  };
}

function targetsOf({ ids }: Everybody, document: Json): Target[] {
  const paths = document["paths"] as Record<string, Record<string, Json>>;
  // How ready a server is, is not a matter of what is asked.
  const routes = routesOf(createApi()).filter(({ path }) => path !== "/readyz");
  return routes.map(({ method, path, endpoint: { access } }) => {
    const inDocument = path.replaceAll(/:(\w+)(\{[^}]*\})?/g, "{$1}");
    const operation = paths[inDocument]![method.toLowerCase()]!;
    const { path: filled, json } = wholeRequest(ids, method, path);
    const contentOf = (part: unknown) =>
      ((part as Json | undefined)?.["content"] ?? {}) as Record<string, Json>;
    return {
      route: `${method} ${path}`,
      method,
      path: inDocument,
      filled,
      access,
      usual: json,
      parameters: operation["parameters"] as Operation["parameters"],
      bodies: Object.fromEntries(
        Object.entries(contentOf(operation["requestBody"])).map(([type, one]) => [
          type,
          one["schema"] as Json,
        ]),
      ),
      answers: Object.fromEntries(
        Object.entries(operation["responses"] as Json).map(([status, one]) => [
          status,
          Object.keys(contentOf(one)),
        ]),
      ),
    };
  });
}

/** `fault` says what is wrong with the answer. */
async function attack(
  { server, headers }: Everybody,
  target: Target,
  caller: Caller,
  request: DrawnRequest,
): Promise<{ status: number; fault?: string }> {
  const { method, answers } = target;
  const { body } = request;
  const sent = Object.entries({ ...request.headers, ...headers[caller] }).filter(([, value]) =>
    isHeaderText(value),
  );
  const send = () =>
    fetch(server.url + pathOf(target, request), {
      method,
      redirect: "manual",
      signal: AbortSignal.timeout(patience),
      headers: { ...Object.fromEntries(sent), ...(body === undefined ? {} : { "content-type": body.type }) },
      ...(body === undefined || method === "GET" ? {} : { body: body.text }),
    });
  // A kept connection may end just as it is used again: a fault of the server would show a second time.
  const answer = await send()
    .catch((error: unknown) => (isTimeout(error) ? Promise.reject(error) : send()))
    .catch((error: unknown) => String(error));
  if (typeof answer === "string") return { status: 0, fault: answer };
  const { status } = answer;
  const type = answer.headers.get("content-type");
  // Streams go on until somebody leaves.
  const text = type === "text/event-stream" ? "" : await answer.text();
  if (type === "text/event-stream") await answer.body?.cancel();
  const said = `${status} ${text.slice(0, 300)}`;
  if (status >= 500) return { status, fault: said };
  // Node's own answer to more headers, or a longer address, than it reads.
  if (status === 431) return { status };
  // What a name in the path makes of it may be another route, or none.
  if (Object.keys(request.path).length > 0) return { status };
  const declared = answers[String(status)];
  if (declared === undefined) return { status, fault: `not declared: ${said}` };
  const isAsDeclared = declared.length === 0 ? text === "" : declared.some((one) => sameType(one, type));
  return isAsDeclared
    ? { status }
    : { status, fault: `declared as ${declared.join() || "empty"}, is ${type}` };
}

const sameType = (declared: string, given: string | null) =>
  given !== null && declared.split(";")[0]!.trim() === given.split(";")[0]!.trim();

/** What a client may send in a header at all. */
const isHeaderText = (value: string) => /^[\t\x20-\x7E\x80-\xFF]*$/.test(value);

function pathOf(target: Target, request: DrawnRequest): string {
  const right = target.filled.split("/");
  const path = target.path
    .split("/")
    .map((part, at) => {
      const given = request.path[part.slice(1, -1)];
      return part.startsWith("{") && given !== undefined
        ? encodeURIComponent(given.toWellFormed())
        : right[at];
    })
    .join("/");
  // Nobody is to wait for a job.
  const query = new URLSearchParams(Object.entries(request.query).filter(([name]) => name !== "wait"));
  return query.size === 0 ? path : `${path}?${query}`;
}

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === "TimeoutError";
