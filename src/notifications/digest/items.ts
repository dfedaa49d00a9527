// The emails that wait for a digest, as it shows them.
import type { Deps } from "../../kernel/deps.ts";
import { toPlainText } from "../texts/rules/markdown.ts";
import { renderOrFallback, withoutTemplate, type Rendered } from "../texts/rules/render.ts";
import type { DigestItem } from "./rules/compose.ts";
import type { WaitingRow } from "./store/digests.ts";

/** Notifications that a digest looks at; the others are counted. */
export const maxRead = 300;

export const isExpired = ({ expiresAt }: WaitingRow, now: number): boolean =>
  expiresAt !== null && expiresAt <= now;

/** Not what was read in the inbox, and not what has expired. */
export function worthSaying(waiting: readonly WaitingRow[], now: number) {
  const isSkipped = (row: WaitingRow) => isExpired(row, now) || row.wasRead === 1;
  return {
    rows: waiting.filter((row) => !isSkipped(row)),
    skipped: waiting.filter((row) => isSkipped(row)),
  };
}

/** Oldest first. */
export const toItems = (deps: Deps, rows: readonly WaitingRow[]): DigestItem[] =>
  rows.toReversed().map((row) => ({
    id: row.id,
    title: toPlainText(row.inboxTitle ?? renderTitle(deps, row).title).trim(),
    group: row.group,
    labels: JSON.parse(row.labels) as Record<string, string>,
    createdAt: row.createdAt,
    situationId: row.situationId,
    isResolved: row.isResolved === 1,
    inboxId: row.inboxId,
  }));

/** For those who turned off the inbox for a kind. */
function renderTitle(deps: Deps, row: WaitingRow): Rendered {
  if (row.text !== null) return withoutTemplate(JSON.parse(row.text) as Rendered);
  const { templateId, templateName: name, version: number, title } = row;
  // Under a name of its own: the cache has whole texts.
  const version = { templateId: `${templateId} title`, number, name, title, body: "", actions: [] };
  const nobody = { id: "", name: "", username: "", email: "" };
  return renderOrFallback(deps.process.templates, version, {
    labels: JSON.parse(row.labels) as Record<string, string>,
    data: row.data === null ? null : (JSON.parse(row.data) as Record<string, unknown>),
    user: nobody,
    baseUrl: deps.config.accessUrl,
    templateId,
  });
}
