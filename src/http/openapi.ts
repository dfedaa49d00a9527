// The OpenAPI document: generated from the routes and the schemas that validate their requests.
import * as z from "zod";
import type { Hono } from "hono";
import { endpointOf, schemaOf, type Endpoint, type Env } from "./endpoint.ts";
import { errorSchema } from "./schemas.ts";
import type { ErrorStatus } from "../kernel/errors.ts";
import { version } from "../kernel/version.ts";

type Json = Record<string, unknown>;

interface Route {
  method: string;
  path: string;
  endpoint: Endpoint;
  /** Declared ones and those that follow from what the route is. */
  errors: ErrorStatus[];
  inputs: { target: string; schema: z.ZodType }[];
}

/** Every declared route of an app, in its order. */
export function routesOf(app: Pick<Hono<Env>, "routes">): Route[] {
  const routes = new Map<string, Route>();
  for (const { method, path, handler } of app.routes) {
    const key = `${method} ${path}`;
    const endpoint = endpointOf(handler);
    if (endpoint !== undefined) routes.set(key, { method, path, endpoint, errors: [], inputs: [] });
    const schema = schemaOf(handler);
    if (schema !== undefined) routes.get(key)?.inputs.push(schema);
  }
  return [...routes.values()].map((route) => ({ ...route, errors: errorsOf(route) }));
}

/** A key may be missing or of too small a scope, a parameter wrong, a body malformed, too large or not JSON. */
function errorsOf({ endpoint, inputs, method }: Route): ErrorStatus[] {
  const takesJson = inputs.some((input) => input.target === "json");
  const takesBody = endpoint.body !== undefined || takesJson;
  const followed: ErrorStatus[] = [
    ...(endpoint.access.startsWith("session") ? ([401] as const) : []),
    // Each scope may read what a token that only notifies may read.
    ...(endpoint.access.startsWith("session") && !(method === "GET" && endpoint.action !== undefined)
      ? ([403] as const)
      : []),
    ...(endpoint.access === "provisioner" || endpoint.access === "agent" ? ([401] as const) : []),
    ...(endpoint.access === "anyone" && method !== "GET" ? ([403] as const) : []),
    ...(inputs.length > 0 ? ([400] as const) : []),
    ...(endpoint.repeatable ? ([400, 422] as const) : []),
    ...(takesBody ? ([413] as const) : []),
    // Of bytes a route itself says whether their type matters.
    ...(takesJson ? ([415] as const) : []),
  ];
  return [...new Set([...endpoint.errors, ...followed])].toSorted();
}

const session = [{ header: [] }, { bearer: [] }, { query: [] }, { cookie: [] }];
const provisioner = [{ provisioner: [] }, { bearer: [] }];
const security: Record<Endpoint["access"], Record<string, string[]>[]> = {
  anyone: [],
  session,
  provisioner,
  "session-or-provisioner": [...session, { provisioner: [] }],
  "session-or-agent": session,
  agent: [{ header: [] }, { bearer: [] }],
  source: [],
};

const statusText: Record<number, string> = {
  101: "Switches to a WebSocket",
  200: "Success",
  201: "Created",
  202: "Accepted; no body",
  204: "Success; no body",
  304: "Nothing to change; no body",
  400: "Invalid request",
  401: "Not signed in",
  403: "Access denied",
  404: "Not found, or not visible to the caller",
  405: "Method not allowed",
  409: "Conflict with the current state",
  410: "Gone: it is over, or nothing more is to be sent",
  413: "Too large",
  415: "Unsupported media type",
  422: "Valid, but can't be done",
  426: "Unsupported protocol",
  429: "Too many requests",
  500: "Internal error",
  503: "Unavailable; retry later",
};

/** An OpenAPI 3.1 document. */
export function openApiDocument(app: Pick<Hono<Env>, "routes">, serverUrl: string): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const route of routesOf(app)) {
    const path = route.path.replaceAll(/:(\w+)(\{[^}]*\})?/g, "{$1}");
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route, path, schemas);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Belfry",
      version: version.replace(/^v/, ""),
      description: "Notifications about developer workspaces.",
    },
    servers: [{ url: serverUrl }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        header: { type: "apiKey", in: "header", name: "Coder-Session-Token" },
        bearer: { type: "http", scheme: "bearer" },
        query: { type: "apiKey", in: "query", name: "coder_session_token" },
        basic: { type: "http", scheme: "basic", description: "A token as the password, any user name" },
        cookie: { type: "apiKey", in: "cookie", name: "coder_session_token" },
        provisioner: { type: "apiKey", in: "header", name: "Coder-Provisioner-Daemon-Key" },
      },
    },
  };
}

function operation({ method, endpoint, errors, inputs }: Route, path: string, schemas: Json): Json {
  const json = inputs.find((input) => input.target === "json")?.schema;
  const bodies = [json, endpoint.body].filter((schema) => schema !== undefined);
  const responses: Record<string, Json> = {};
  for (const [status, schema] of Object.entries(endpoint.answers)) {
    responses[status] = {
      description: statusText[Number(status)],
      ...(schema ? content(schema, "output", schemas) : {}),
    };
  }
  for (const status of [...errors, 429, 500, 503]) {
    responses[status] ??= { description: statusText[status], ...content(errorSchema, "output", schemas) };
  }
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/[^A-Za-z0-9]+(\w)?/g, (_, letter: string | undefined) => (letter ?? "").toUpperCase())}`,
    summary: endpoint.summary,
    security: [...security[endpoint.access], ...(endpoint.takesBasic ? [{ basic: [] }] : [])],
    parameters: [...parameters(path, inputs, schemas), ...(endpoint.repeatable ? [idempotencyKey] : [])],
    ...(bodies.length === 0
      ? {}
      : {
          requestBody: {
            required: true,
            content: Object.assign({}, ...bodies.map((schema) => media(schema, "input", schemas))) as Json,
          },
        }),
    responses,
  };
}

const idempotencyKey: Json = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "Identifies this request for 24 hours: repeating it changes nothing and returns the same response, with Idempotency-Replayed: true. Another request with the same key gets 422.",
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

function parameters(path: string, inputs: Route["inputs"], schemas: Json): Json[] {
  const named = new Map<string, Json>();
  for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
    named.set(`path ${name}`, { name, in: "path", required: true, schema: { type: "string" } });
  }
  for (const { target, schema } of inputs) {
    const location = target === "param" ? "path" : target;
    if (location !== "path" && location !== "query" && location !== "header") continue;
    const { properties = {}, required = [] } = jsonSchema(schema, "input", schemas) as {
      properties?: Json;
      required?: string[];
    };
    for (const [name, member] of Object.entries(properties)) {
      named.set(`${location} ${name}`, {
        name,
        in: location,
        required: location === "path" || required.includes(name),
        schema: member,
      });
    }
  }
  return [...named.values()];
}

/** Under the media type that the schema's `contentMediaType` names; JSON otherwise. */
const media = (schema: z.ZodType, io: "input" | "output", schemas: Json): Json => {
  const type = schema.meta()?.["contentMediaType"];
  return {
    [typeof type === "string" ? type : "application/json"]: { schema: jsonSchema(schema, io, schemas) },
  };
};
const content = (schema: z.ZodType, io: "input" | "output", schemas: Json): Json => ({
  content: media(schema, io, schemas),
});

/** Named schemas move to `components`, where they are said once. */
function jsonSchema(schema: z.ZodType, io: "input" | "output", schemas: Json): Json {
  const json = z.toJSONSchema(schema, { io, unrepresentable: "any", target: "draft-2020-12" }) as Json;
  const { $schema: _, $defs = {}, ...rest } = json;
  const moved = JSON.parse(
    JSON.stringify({ $defs, rest }).replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as {
    $defs: Json;
    rest: Json;
  };
  Object.assign(schemas, moved.$defs);
  const id = (moved.rest as { id?: string }).id;
  if (id === undefined) return moved.rest;
  schemas[id] = moved.rest;
  return { $ref: `#/components/schemas/${id}` };
}
