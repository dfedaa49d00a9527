// What a digest says: what happened since the last one, grouped by the thing that it is about.
import { createWallClock } from "../../../kernel/rules/wall-clock.ts";
import { weekdays } from "../../preferences/rules/quiet-hours.ts";
import { shortDay } from "../../preferences/rules/quiet-text.ts";

/** An email that waits for the digest. */
export interface DigestItem {
  /** The message's. */
  id: string;
  /** Plain text. */
  title: string;
  /** Of its kind. */
  group: string;
  labels: Record<string, string | undefined>;
  createdAt: number;
  /** Of the same one, the newest stands for all. */
  situationId: string | null;
  isResolved: boolean;
  /** Its notification in the inbox, if there is one. */
  inboxId: string | null;
}

export interface DigestLine {
  title: string;
  path: string;
  at: string;
  count: number;
  resolved: boolean;
}

export interface DigestContent {
  groups: { thing: string; items: DigestLine[] }[];
  /** Notifications that it has no place for. */
  more: number;
}

export const maxLines = 100;
const maxTitleLength = 200;

/** `items`: oldest first; `others`: how many more there are. */
export function composeDigest(
  items: readonly DigestItem[],
  others: number,
  timeZone: string | null,
): DigestContent {
  const format = momentFormat(timeZone);
  const repeated = [...Map.groupBy(items, sameness).values()].toReversed();
  const shown = repeated.slice(0, maxLines);
  const groups = Map.groupBy(shown, (same) => thingOf(same.at(-1)!));
  return {
    groups: [...groups].map(([thing, ofThing]) => ({
      thing,
      items: ofThing.map((same) => toLine(same, format)),
    })),
    more: others + repeated.slice(maxLines).reduce((sum, same) => sum + same.length, 0),
  };
}

const sameness = (item: DigestItem): string =>
  item.situationId ?? JSON.stringify([thingOf(item), item.title]);

function toLine(same: readonly DigestItem[], format: (at: number) => string): DigestLine {
  const { title, inboxId, createdAt, isResolved } = same.at(-1)!;
  return {
    title: title.length > maxTitleLength ? `${title.slice(0, maxTitleLength - 1)}…` : title,
    path: inboxId === null ? "/inbox" : `/inbox?open=${inboxId}`,
    at: format(createdAt),
    count: same.length,
    resolved: isResolved,
  };
}

/** `Sat 20:15`. */
function momentFormat(timeZone: string | null): (at: number) => string {
  const clock = createWallClock(timeZone);
  return (at) => {
    const { year, month, day, hour, minute } = clock.wallTimeAt(at);
    const weekday = weekdays[(new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7]!;
    const two = (number: number) => String(number).padStart(2, "0");
    return `${shortDay(weekday)} ${two(hour)}:${two(minute)}`;
  };
}

/** What an event of a group of kinds is about, for people. */
function thingOf({ group, labels }: Pick<DigestItem, "group" | "labels">): string {
  const { session, template, preset, workspace, receiver, name, workspace_owner_username: owner } = labels;
  if (session !== undefined) return `Agent session ${session}`;
  if (group === "Template Events")
    return preset === undefined
      ? `Template ${template ?? name ?? ""}`
      : `Preset ${template ?? ""} / ${preset}`;
  const found = workspace ?? (group === "Workspace Events" ? name : undefined);
  if (found !== undefined) return `Workspace ${owner === undefined ? "" : `${owner}/`}${found}`;
  if (receiver !== undefined) return `Receiver ${receiver}`;
  return group === "User Events" ? "Accounts" : "Other";
}
