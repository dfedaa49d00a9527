// What Coder's own command line does on the wire, recorded from its releases 2.27 and 2.30: the requests to the byte,
// and answers read at least as strictly as its Go structures are. Used by the test of its commands.
import { request } from "node:http";
import * as z from "zod";
import { coderShape } from "./coder-shapes.ts";

const secret = z.string().regex(/^[A-Za-z0-9]{10}-[A-Za-z0-9]{22}$/);

/** What of each the tests look at; the shapes themselves hold all of it. */
interface User {
  id: string;
  username: string;
  email: string;
  status: string;
  organization_ids: string[];
  roles: { name: string; display_name: string }[];
  [member: string]: unknown;
}
interface Key {
  id: string;
  token_name: string;
  lifetime_seconds: number;
  last_used: string;
  [member: string]: unknown;
}
interface InboxItem {
  id: string;
  title: string;
  read_at: string | null;
  [member: string]: unknown;
}
const as = <T>(name: string) => coderShape(name) as z.ZodType<T>;

/** Lists are never null where a client shows how many there are. */
export const shapes = {
  firstUser: as<{ user_id: string; organization_id: string }>("CreateFirstUserResponse"),
  login: z.strictObject({ session_token: secret }),
  user: as<User>("User"),
  users: as<{ users: User[]; count: number }>("GetUsersResponse"),
  organization: as<{ id: string; name: string; is_default: boolean }>("Organization"),
  userRoles: as<{ roles: string[]; organization_roles: Record<string, string[]> }>("UserRoles"),
  siteRole: as<{ name: string; assignable: boolean }>("AssignableRoles"),
  key: z.strictObject({ key: secret }),
  tokenConfig: as<{ max_token_lifetime: number }>("TokenConfig"),
  apiKey: as<Key>("APIKey"),
  token: as<Key & { username: string }>("APIKeyWithOwner"),
  settings: as<{ notifier_paused: boolean }>("NotificationsSettings"),
  authMethods: as("AuthMethods"),
  buildInfo: as("BuildInfoResponse"),
  template: as<{ id: string; name: string; actions: string; method: string }>("NotificationTemplate"),
  methods: as<{ available: string[]; default: string }>("NotificationMethodsResponse"),
  preference: as<{ id: string; disabled: boolean }>("NotificationPreference"),
  inbox: as<{ notifications: InboxItem[]; unread_count: number }>("ListInboxNotificationsResponse"),
  inboxItem: as<{ notification: InboxItem; unread_count: number }>(
    "UpdateInboxNotificationReadStatusResponse",
  ),
  message: as<{ message: string }>("Response"),
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
