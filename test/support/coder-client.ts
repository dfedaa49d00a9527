// What Coder's own command line does on the wire, recorded from its releases 2.27 and 2.30: the requests to the byte,
// and answers read at least as strictly as its Go structures are. Used by the test of its commands.
import { request } from "node:http";
import * as z from "zod";

/** As Go reads one: of any version. */
const uuid = z.guid();
/** `time.Time` takes RFC 3339 and nothing else; Coder's own server writes UTC. */
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/);
/** Go's int64 as JSON: no fraction, no exponent. */
const int64 = z.number().refine((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 63);

const role = z.object({
  name: z.string(),
  display_name: z.string(),
  organization_id: uuid.optional(),
});
const user = z.object({
  id: uuid,
  username: z.string().min(1),
  name: z.string(),
  email: z.string(),
  avatar_url: z.string(),
  created_at: time,
  updated_at: time,
  last_seen_at: time,
  status: z.enum(["active", "dormant", "suspended"]),
  login_type: z.enum(["password", "github", "oidc", "token", "none"]),
  theme_preference: z.string(),
  organization_ids: z.array(uuid),
  roles: z.array(role),
});
const inboxItem = z.object({
  id: uuid,
  user_id: uuid,
  template_id: uuid,
  targets: z.array(uuid).nullable(),
  title: z.string(),
  content: z.string(),
  icon: z.string(),
  actions: z.array(z.object({ label: z.string(), url: z.string() })).nullable(),
  read_at: time.nullable(),
  created_at: time,
});

const apiKey = z.object({
  id: z.string().min(1),
  user_id: uuid,
  last_used: time,
  expires_at: time,
  created_at: time,
  updated_at: time,
  login_type: z.enum(["password", "github", "oidc", "token"]),
  scope: z.string(),
  scopes: z.array(z.string()),
  token_name: z.string(),
  lifetime_seconds: int64,
});

/** Lists are never null where a client shows how many there are. */
export const shapes = {
  firstUser: z.object({ user_id: uuid, organization_id: uuid }),
  login: z.object({ session_token: z.string().regex(/^[A-Za-z0-9]{10}-[A-Za-z0-9]{22}$/) }),
  user,
  users: z.object({ users: z.array(user), count: int64 }),
  organization: z.object({
    id: uuid,
    name: z.string().min(1),
    display_name: z.string(),
    icon: z.string(),
    description: z.string(),
    created_at: time,
    updated_at: time,
    is_default: z.boolean(),
  }),
  userRoles: z.object({
    roles: z.array(z.string()),
    organization_roles: z.record(uuid, z.array(z.string())),
  }),
  siteRole: role.extend({ assignable: z.boolean(), built_in: z.boolean() }),
  key: z.object({ key: z.string().regex(/^[A-Za-z0-9]{10}-[A-Za-z0-9]{22}$/) }),
  tokenConfig: z.object({ max_token_lifetime: int64 }),
  apiKey,
  token: apiKey.extend({ username: z.string() }),
  settings: z.object({ notifier_paused: z.boolean() }),
  authMethods: z.object({
    password: z.object({ enabled: z.boolean() }),
    github: z.object({ enabled: z.boolean(), default_provider_configured: z.boolean() }),
    oidc: z.object({ enabled: z.boolean(), signInText: z.string(), iconUrl: z.string() }),
  }),
  buildInfo: z.object({
    version: z.string(),
    external_url: z.string(),
    dashboard_url: z.string(),
    telemetry: z.boolean(),
    workspace_proxy: z.boolean(),
    agent_api_version: z.string(),
    provisioner_api_version: z.string(),
    upgrade_message: z.string(),
    deployment_id: z.string(),
  }),
  template: z.object({
    id: uuid,
    name: z.string(),
    title_template: z.string(),
    body_template: z.string(),
    actions: z.string(),
    group: z.string(),
    method: z.string(),
    kind: z.string(),
    enabled_by_default: z.boolean(),
  }),
  methods: z.object({ available: z.array(z.string()), default: z.string() }),
  preference: z.object({ id: uuid, disabled: z.boolean(), updated_at: time }),
  inbox: z.object({ notifications: z.array(inboxItem), unread_count: int64 }),
  inboxItem: z.object({ notification: inboxItem, unread_count: int64 }),
  message: z.object({ message: z.string().min(1) }),
} as const;

export interface CoderAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** What codersdk makes of a refusal: it has to be JSON, with words for a person. */
const refusal = z.object({
  message: z.string().min(1),
  detail: z.string().optional(),
  validations: z.array(z.object({ field: z.string().min(1), detail: z.string().min(1) })).optional(),
});
export type Refusal = z.infer<typeof refusal>;

export interface CoderClient {
  /** The session that is sent; the header is there, empty, before anybody has signed in. */
  token: string;
  send: (method: string, path: string, body?: unknown) => Promise<CoderAnswer>;
  /** The answer's body, when the status is this one. */
  read: <T extends z.ZodType>(
    shape: T,
    status: number,
    method: string,
    path: string,
    body?: unknown,
  ) => Promise<z.infer<T>>;
  /** An answer without a body. */
  done: (status: number, method: string, path: string, body?: unknown) => Promise<void>;
  /** The error, when the status is this one. */
  refused: (status: number, method: string, path: string, body?: unknown) => Promise<Refusal>;
}

/** `command` is what the client says in its telemetry header, as every command does. */
export function createCoderClient(url: string, command = "coder notifications test"): CoderClient {
  const telemetry = Buffer.from(JSON.stringify({ command, options: [], invoked_at: "2026-11-21T10:00:00Z" }));
  const client: CoderClient = {
    token: "",
    send: (method, path, body) =>
      sendLikeGo(url, client.token, telemetry.toString("base64"), method, path, body),
    read: async (shape, status, method, path, body) => {
      const answer = await client.send(method, path, body);
      expectStatus(answer, status, method, path);
      return shape.parse(parseJson(answer)) as z.infer<typeof shape>;
    },
    done: async (status, method, path, body) => {
      const answer = await client.send(method, path, body);
      expectStatus(answer, status, method, path);
      if (answer.text !== "") throw new Error(`${method} ${path}: a body where there should be none`);
    },
    refused: async (status, method, path, body) => {
      const answer = await client.send(method, path, body);
      expectStatus(answer, status, method, path);
      return refusal.parse(parseJson(answer));
    },
  };
  return client;
}

function expectStatus({ status, text }: CoderAnswer, wanted: number, method: string, path: string): void {
  if (status !== wanted) throw new Error(`${method} ${path}: ${status} instead of ${wanted}: ${text}`);
}

/** As codersdk does: the media type without its parameters has to be this one. */
function parseJson({ headers, text }: CoderAnswer): unknown {
  const type = String(headers["content-type"]).split(";")[0]!.trim();
  if (type !== "application/json") throw new Error(`unexpected non-JSON response "${type}"`);
  return JSON.parse(text) as unknown;
}

/** Go's encoder ends with a line break; a body-less POST, PUT or PATCH has a length of 0 and no type. */
function sendLikeGo(
  url: string,
  token: string,
  telemetry: string,
  method: string,
  path: string,
  body: unknown,
): Promise<CoderAnswer> {
  const text = body === undefined ? "" : `${JSON.stringify(body)}\n`;
  const mayHaveBody = method === "POST" || method === "PUT" || method === "PATCH";
  const headers = {
    "User-Agent": "Go-http-client/1.1",
    ...(mayHaveBody ? { "Content-Length": String(Buffer.byteLength(text)) } : {}),
    "Coder-Cli-Telemetry": telemetry,
    "Coder-Session-Token": token,
    ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    "Accept-Encoding": "gzip",
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(url + path, { method, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () =>
        resolve({
          status: incoming.statusCode!,
          headers: incoming.headers,
          text: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end(text === "" ? undefined : text);
  });
}
