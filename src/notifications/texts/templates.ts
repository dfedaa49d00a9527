// What owners change about a kind of notification: its text, the active version, and its channel. Versions are never edited;
// a new one is validated before it is stored.
import { createHash } from "node:crypto";
import type { Answers, SQL, Statement } from "../../../db/client.ts";
import type { Action } from "../../../db/schema.ts";
import type { Method } from "../channels/index.ts";
import type { Deps } from "../../kernel/deps.ts";
import { ApiError, invalid, notFound, type Validation } from "../../kernel/errors.ts";
import { toHtml, toInlineHtml, toPlainText } from "./rules/markdown.ts";
import { compile, type RenderInput, type TemplateText } from "./rules/render.ts";
import { isOnlyByMail } from "../kinds/kinds.ts";
import { checkTemplate, type Payload } from "./rules/template-check.ts";
import {
  findSample,
  findTemplate,
  hasOtherMethodSql,
  insertVersion,
  isNewContentSql,
  isNotActiveSql,
  listRecentPayloads,
  listVersions,
  setActiveVersion,
  setMethod,
  type VersionRow,
} from "./store/templates.ts";

/** The audit entry for the same write; nothing is written unless `when` holds. */
export type AuditNote = (entry: { action: string; detail: Record<string, unknown> }, when: SQL) => Statement;

export interface Version extends VersionRow {
  active: boolean;
  /** A newer text that ships with Belfry, while an older or edited one is active. */
  offered: boolean;
}

export const maxRecentPayloads = 20;

export const templateReads = (id: string) => ({ template: findTemplate(id) });
export const versionReads = (id: string) => ({ ...templateReads(id), versions: listVersions(id) });

/** With the payloads to validate a text with. */
export const textReads = (id: string) => ({
  ...versionReads(id),
  sample: findSample(id),
  recent: listRecentPayloads(id, maxRecentPayloads),
});

type VersionAnswers = Answers<ReturnType<typeof versionReads>>;
export type TextAnswers = Answers<ReturnType<typeof textReads>>;

/** Throws 404. */
export function requireTemplate({ template }: Pick<VersionAnswers, "template">) {
  if (template[0] === undefined) throw notFound("Notification template");
  return template[0];
}

/** Newest first. */
export function versionsOf(read: VersionAnswers): Version[] {
  const activeNumber = requireTemplate(read).version;
  const active = read.versions.find(({ number }) => number === activeNumber);
  const shipped = read.versions.find(({ origin }) => origin === "seed");
  return read.versions.map((version) => ({
    ...version,
    active: version === active,
    offered:
      version === shipped && version.number > activeNumber && version.contentHash !== active?.contentHash,
  }));
}

/** Stores a text as a new version, not active yet. If a version has the same text already, returns that one. */
export async function addVersion(
  deps: Deps,
  author: RenderInput["user"],
  read: TextAnswers,
  text: TemplateText,
  audit: AuditNote,
): Promise<{ version: Version; isNew: boolean }> {
  const template = requireTemplate(read);
  const row = { templateId: template.id, ...contentOf(text), createdBy: author.id, createdAt: deps.now() };
  const isThis = ({ contentHash }: VersionRow) => contentHash === row.contentHash;
  const existing = versionsOf(read).find(isThis);
  if (existing !== undefined) return { version: existing, isNew: false };
  requireNoProblems(checkTemplate(text, payloadsOf(read), otherVariables(deps, author, template.id)));
  const entry = audit({ action: "create", detail: { version_title: text.title } }, isNewContentSql(row));
  const after = await deps.db.write([entry, insertVersion(row)], versionReads(template.id));
  return { version: versionsOf(after).find(isThis)!, isNew: true };
}

/** False if it is active already. Throws 404 for an unknown version. */
export async function activateVersion(
  deps: Deps,
  read: VersionAnswers,
  number: number,
  audit: AuditNote,
): Promise<boolean> {
  const template = requireTemplate(read);
  if (!read.versions.some((version) => version.number === number))
    throw notFound(`Version ${number} of ${template.name}`);
  if (template.version === number) return false;
  const entry = audit(
    { action: "write", detail: { active_version: number } },
    isNotActiveSql(template.id, number),
  );
  await deps.db.write([entry, setActiveVersion(template.id, number)], {});
  return true;
}

/** NULL: the deployment's default channel. False if nothing changed. */
export async function changeMethod(
  deps: Deps,
  read: Pick<VersionAnswers, "template">,
  method: Method | null,
  audit: AuditNote,
): Promise<boolean> {
  const template = requireTemplate(read);
  if (isOnlyByMail(template.id) && method !== null && method !== "smtp")
    throw invalid("method", "must be smtp: this kind is sent by email only");
  if (template.method === method) return false;
  const entry = audit({ action: "write", detail: { method } }, hasOtherMethodSql(template.id, method));
  await deps.db.write([entry, setMethod(template.id, method)], {});
  return true;
}

export interface Preview {
  title: string;
  body: string;
  titleText: string;
  bodyText: string;
  titleHtml: string;
  bodyHtml: string;
  actions: Action[];
}

/** The values of one of the kind's recent events. Throws 400 for another one. */
export function payloadOfEvent({ recent }: TextAnswers, eventId: string): Pick<Payload, "labels" | "data"> {
  const event = recent.find((one) => one.eventId === eventId);
  if (event === undefined)
    throw invalid("event_id", `must be one of the last ${maxRecentPayloads} events of this kind`);
  return payloadOf(event);
}

const payloadOf = ({ labels, data }: Pick<TextAnswers["recent"][number], "labels" | "data">) => ({
  labels: JSON.parse(labels) as Payload["labels"],
  data: data === null ? null : (JSON.parse(data) as Payload["data"]),
});

/** A text rendered for this reader, with the given payload or the sample; missing fields are the active version's. */
export function preview(
  deps: Deps,
  reader: RenderInput["user"],
  read: TextAnswers,
  draft: Partial<TemplateText>,
  given?: Pick<Payload, "labels" | "data">,
): Preview {
  const { id, title, body, actions } = requireTemplate(read);
  const text = {
    title: draft.title ?? title,
    body: draft.body ?? body,
    actions: draft.actions ?? (JSON.parse(actions) as Action[]),
  };
  const payloads = payloadsOf(read);
  if (given !== undefined) payloads.unshift({ ...given, from: "the payload" });
  const variables = otherVariables(deps, reader, id);
  requireNoProblems(checkTemplate(text, payloads, variables));
  const rendered = compile(text).render({ ...payloads[0]!, ...variables });
  return {
    ...rendered,
    titleText: toPlainText(rendered.title),
    bodyText: toPlainText(rendered.body),
    titleHtml: toInlineHtml(rendered.title),
    bodyHtml: toHtml(rendered.body),
  };
}

function requireNoProblems(problems: Validation[]): void {
  if (problems.length === 0) return;
  const message =
    problems.length === 1
      ? `${problems[0]!.field}: ${problems[0]!.detail}`
      : "The text has several problems.";
  throw new ApiError(400, message, { validations: problems });
}

/** As in db/seed.ts, so that the same text has the same hash. */
function contentOf({ title, body, actions }: TemplateText) {
  const json = JSON.stringify(actions.map(({ label, url }) => ({ label, url })));
  const contentHash = createHash("sha256")
    .update(JSON.stringify([title, body, json]))
    .digest("hex");
  return { title, body, actions: json, contentHash };
}

function payloadsOf({ sample, recent }: TextAnswers): Payload[] {
  const typical = JSON.parse(sample[0]!.sample) as Pick<Payload, "labels" | "data">;
  return [
    { ...typical, from: "the sample" },
    ...recent.map((event) => ({
      ...payloadOf(event),
      from: `what was sent at ${new Date(event.createdAt).toISOString()}`,
    })),
  ];
}

const otherVariables = (deps: Deps, user: RenderInput["user"], templateId: string) => ({
  user,
  baseUrl: deps.config.accessUrl,
  templateId,
});
