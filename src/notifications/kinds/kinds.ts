// The kinds of notification of this release, by name and by id. The database can have templates of a later release.
import type { KindFields } from "../../../db/rules/template-file.ts";
import type { MinSeverity } from "../../../db/rules/values.ts";
import { registry, type RegistryLabels } from "./registry.ts";

/** What few kinds are. */
type Trait = "alwaysOn" | "onlyByMail" | "reachesSuspended" | "quietForInitiator";

/** The front matter of a file in db/templates, as far as the program needs it. */
export interface Kind
  extends Omit<KindFields, "key" | "coder" | "audience" | "facts" | Trait>, Partial<Pick<KindFields, Trait>> {
  facts: readonly KindFields["facts"][number][];
}

/** The name of a file in db/templates, without `.md`. */
export type KindName = keyof typeof registry;

/** The labels of an event of this kind: those of the template's sample. */
export type LabelsOf<Name extends KindName> = Record<RegistryLabels[Name], string>;

/** The names that an event of this kind gives. */
export type FactsOf<Name extends KindName> = Record<(typeof registry)[Name]["facts"][number], string>;

export const kinds: Readonly<Record<KindName, Kind>> = registry;

const byId: ReadonlyMap<string, Kind> = new Map(Object.values(kinds).map((kind) => [kind.id, kind]));

/** Undefined for a kind of another release. */
export const findKind = (templateId: string): Kind | undefined => byId.get(templateId);

/** For people; a kind of another release has only its name. */
export const kindTitle = (templateId: string, name: string): string =>
  findKind(templateId)?.displayName ?? name;

const names = new Map(Object.entries(kinds).map(([name, { id }]) => [id, name]));
/** Its name in the command line; of another system's kind, its id. */
export const kindNameOf = (templateId: string): string => names.get(templateId) ?? templateId;

/** A kind, and the JSON of the severities that owners have chosen, by the ids of kinds; null if there are none. */
export interface SeverityChoice {
  id: string;
  severities?: string | null | undefined;
}

/** Of another system's kind: `info`. */
export const severityOf = ({ id, severities = null }: SeverityChoice): Kind["severity"] =>
  chosenSeverity({ id, severities }) ?? findKind(id)?.severity ?? "info";

/** An owner's choice, if there is one. */
export const chosenSeverity = ({ id, severities = null }: SeverityChoice): MinSeverity | undefined =>
  severities === null ? undefined : (JSON.parse(severities) as Record<string, MinSeverity>)[id];

interface Titled {
  id: string;
  name: string;
}

/** For sorting by what people read. */
export const byTitle = (a: Titled, b: Titled): number =>
  kindTitle(a.id, a.name).localeCompare(kindTitle(b.id, b.name), "en");

/** What a kind is about, in a sentence. */
export const aboutKind = (templateId: string): string =>
  findKind(templateId)?.about ?? "Sent to Belfry by another system, with its own text.";

export const isAlwaysOn = (templateId: string): boolean => findKind(templateId)?.alwaysOn === true;
export const isOnlyByMail = (templateId: string): boolean => findKind(templateId)?.onlyByMail === true;
export const reachesSuspended = (templateId: string): boolean =>
  findKind(templateId)?.reachesSuspended === true;
export const isQuietForInitiator = (templateId: string): boolean =>
  findKind(templateId)?.quietForInitiator === true;
