// The kinds of notification, by name and by id. A template of a later release that is in the database has no kind here.
import type { KindFields } from "../../../db/template-files.ts";
import { registry } from "./registry.ts";

/** What the front matter of a file in db/templates says, as far as the program needs it. */
export interface Kind extends Omit<KindFields, "coder"> {
  /** Names of the labels that each of its events has. */
  labels: readonly string[];
}

/** The name of a file in db/templates, without `.md`. */
export type KindName = keyof typeof registry;

/** The labels that an event of this kind has: those of the template's sample. */
export type LabelsOf<Name extends KindName> = Record<(typeof registry)[Name]["labels"][number], string>;

export const kinds: Readonly<Record<KindName, Kind>> = registry;

const byId: ReadonlyMap<string, Kind> = new Map(Object.values(kinds).map((kind) => [kind.id, kind]));

/** By the id of its template. */
export const findKind = (templateId: string): Kind | undefined => byId.get(templateId);

export const isAlwaysOn = (templateId: string): boolean => findKind(templateId)?.alwaysOn === true;
export const isOnlyByMail = (templateId: string): boolean => findKind(templateId)?.onlyByMail === true;
export const reachesSuspended = (templateId: string): boolean =>
  findKind(templateId)?.reachesSuspended === true;
