// Calls of the API, and what they answer: typed by the route that the method and the path name.
import type { Answers, Error as Refused, Paths } from "./answers.ts";

export interface CallOptions {
  token?: string;
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
}

export type { Refused };

export interface CallAnswer<Json = Refused> {
  status: number;
  headers: Headers;
  text: string;
  json: Json;
}

/** A segment is a name, or stands for a parameter; a name with text after it that isn't known has a query. */
type Below<Tree, Segment> = Segment extends keyof Tree
  ? Tree[Segment]
  : "{}" extends keyof Tree
    ? Tree["{}"]
    : Tree[NameWithQuery<keyof Tree, Segment>];
type NameWithQuery<Name, Segment> = Name extends string
  ? Segment extends `${Name}${infer Query}`
    ? string extends Query
      ? Name
      : never
    : never
  : never;
type Find<Tree, Path> = Path extends `${infer Segment}/${infer Rest}`
  ? Find<Below<Tree, Segment>, Rest>
  : EndOf<Below<Tree, Path>>;
type EndOf<Node> = Node extends string ? Node : Node extends { "": infer Path extends string } ? Path : never;
type RouteOf<Path> = Path extends `${infer Bare}?${string}`
  ? RouteOf<Bare>
  : Path extends `/${infer Rest}`
    ? Find<Paths, Rest>
    : never;
type Known<Key> = Key extends keyof Answers ? Answers[Key] : unknown;

/** The body of a success of the route; `unknown` for what is none, or isn't known before it is called. */
export type Success<Method extends string, Path extends string> = [RouteOf<Path>] extends [never]
  ? unknown
  : Known<`${Method} ${RouteOf<Path>}`>;

type OrRefused<Body> = [Body] extends [null | undefined]
  ? Refused
  : unknown extends Body
    ? Refused
    : Body extends object
      ? Body & Refused
      : Body;

/** An answer whose JSON is the success of its route or a refusal: tests look at the status, too. */
export type AnswerTo<Method extends string, Path extends string> = CallAnswer<
  OrRefused<Success<Method, Path>>
>;

/** Sends JSON (or what `body` is) and parses a JSON answer. */
export type Call = <Method extends string, Path extends string>(
  method: Method,
  path: Path,
  options?: CallOptions,
) => Promise<AnswerTo<Method, Path>>;

export async function callServer<Method extends string, Path extends string>(
  url: string,
  method: Method,
  path: Path,
  options: CallOptions = {},
): Promise<AnswerTo<Method, Path>> {
  const { token, json, body, headers = {} } = options;
  const answer = await fetch(url + path, {
    method,
    redirect: "manual",
    headers: {
      ...(token === undefined ? {} : { "coder-session-token": token }),
      ...(json === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(json === undefined ? (body === undefined ? {} : { body }) : { body: JSON.stringify(json) }),
  });
  const text = await answer.text();
  const isJson = /json/.test(answer.headers.get("content-type") ?? "") && text !== "";
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    // Tests of the OpenAPI document hold the routes to what they declare.
    json: (isJson ? JSON.parse(text) : undefined) as AnswerTo<Method, Path>["json"],
  };
}
