// What Coder's server sends to a webhook: its envelope (version 1.1) round a payload (version 1.2), read and checked. Text is
// taken as it is: nothing in it is a variable of Belfry's templates.
import * as z from "zod";
import type { Action } from "../../../db/schema.ts";
import { escapeMarkdown } from "../../kernel/rules/text.ts";
import { isWebUrl } from "../../kernel/rules/web-url.ts";
import type { Validation } from "../../kernel/errors.ts";
import { jsonDepth, maxJsonDepth } from "./json-depth.ts";

/** A notification of Coder's for one of its users. */
export interface CoderMessage {
  /** The same each time that it is sent. */
  id: string;
  kind: { id: string; name: string };
  person: CoderPerson;
  /** Markdown, and buttons whose links are absolute. */
  text: { title: string; body: string; actions: Action[] };
  labels: Record<string, string>;
  data: Record<string, unknown> | null;
  targets: string[];
}

export interface CoderPerson {
  /** A UUID. */
  id: string;
  username: string;
  email: string;
  name: string;
}

export type ParsedMessage =
  | { ok: true; message: CoderMessage }
  | { ok: false; why: "passcode" }
  | { ok: false; why: "invalid"; problems: Validation[] };

const passcodeKind = "62f86a30-2330-4b61-a26d-311ff3b608cf";
const maxNameLength = 200;
/** Longer than any name or address of a user. */
const maxPersonLength = 320;

// No problem repeats what was sent: a passcode could be in it.
const uuid = z.guid({ error: "must be a UUID" }).transform((id) => id.toLowerCase());
const text = z.string({ error: "must be a string" });
const optionalText = text.nullish();
const version = text.regex(/^1\.\d{1,4}$/, { error: "must be a version 1 of Coder's, such as 1.1" });
/** Go's programs send null for what is empty. */
const orEmpty = <Schema extends z.ZodType>(schema: Schema) => schema.nullish();

const envelope = z.object(
  {
    _version: version,
    msg_id: uuid.optional(),
    title: text,
    title_markdown: optionalText,
    body: text,
    body_markdown: optionalText,
    payload: z.object(
      {
        _version: version,
        notification_name: text.trim().min(1, { error: "must not be empty" }),
        notification_template_id: uuid,
        user_id: uuid,
        user_email: optionalText,
        user_name: optionalText,
        user_username: text,
        actions: orEmpty(
          z.array(z.object({ label: text, url: text }, { error: "must be an object" }), {
            error: "must be a list",
          }),
        ),
        labels: orEmpty(z.record(z.string(), text, { error: "must be an object of strings" })),
        data: orEmpty(z.record(z.string(), z.unknown(), { error: "must be an object or null" })),
        targets: orEmpty(z.array(uuid, { error: "must be a list of UUIDs" })),
      },
      { error: "must be an object" },
    ),
  },
  { error: "must be a JSON object" },
);

/** As the API's document shows it. */
export const coderEnvelope = envelope.meta({ id: "CoderWebhookMessage" });

/** `messageId`: of the header X-Message-Id. */
export function parseCoderMessage(body: string, messageId: string | undefined): ParsedMessage {
  if (jsonDepth(body) > maxJsonDepth)
    return invalid("body", `has more than ${maxJsonDepth} levels of nesting`);
  const json = parseJson(body);
  if (json === undefined) return invalid("body", "must be JSON");
  if (isPasscode(json)) return { ok: false, why: "passcode" };
  const parsed = envelope.safeParse(json);
  if (!parsed.success) return { ok: false, why: "invalid", problems: parsed.error.issues.map(toProblem) };
  const header = messageId === undefined ? undefined : uuid.safeParse(messageId);
  if (header?.success === false) return invalid("X-Message-Id", "must be a UUID");
  const { msg_id: own } = parsed.data;
  const id = header?.data ?? own;
  if (id === undefined) return invalid("X-Message-Id", "is missing, and so is msg_id");
  if (own !== undefined && own !== id) return invalid("X-Message-Id", "must be the same as msg_id");
  return { ok: true, message: toMessage(id, parsed.data) };
}

const invalid = (field: string, detail: string): ParsedMessage => ({
  ok: false,
  why: "invalid",
  problems: [{ field, detail }],
});

/** Undefined for what is no JSON, which `null` is. */
function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/** Before anything else is looked at, so that no problem of the rest says that it was read. */
function isPasscode(json: unknown): boolean {
  const payload = memberOf(json, "payload");
  const kind = memberOf(payload, "notification_template_id");
  const isKind = typeof kind === "string" && kind.toLowerCase() === passcodeKind;
  return isKind || memberOf(memberOf(payload, "labels"), "one_time_passcode") !== undefined;
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

function toProblem(issue: z.core.$ZodIssue): Validation {
  const field = issue.path.map(String).join(".");
  return { field: field === "" ? "body" : field, detail: issue.message };
}

function toMessage(id: string, { payload, ...envelope }: z.infer<typeof coderEnvelope>): CoderMessage {
  const name = payload.notification_name.replaceAll(/\s+/g, " ").slice(0, maxNameLength);
  const title = markdownOf(envelope.title_markdown, envelope.title).replaceAll(/\s+/g, " ").trim();
  return {
    id,
    kind: { id: payload.notification_template_id, name },
    person: {
      id: payload.user_id,
      username: payload.user_username.trim().slice(0, maxPersonLength),
      email: (payload.user_email ?? "").trim().slice(0, maxPersonLength),
      name: (payload.user_name ?? "").slice(0, maxPersonLength),
    },
    text: {
      title: title === "" ? escapeMarkdown(name) : title,
      body: markdownOf(envelope.body_markdown, envelope.body).trim(),
      // A button that leads nowhere is left out; the rest is still news.
      actions: (payload.actions ?? []).filter(({ url }) => isWebUrl(url)),
    },
    labels: payload.labels ?? {},
    data: payload.data ?? null,
    targets: payload.targets ?? [],
  };
}

/** Envelopes of version 1.0 have plain text only. */
const markdownOf = (markdown: string | null | undefined, plain: string): string =>
  markdown ?? plain.split("\n").map(escapeMarkdown).join("\n");
