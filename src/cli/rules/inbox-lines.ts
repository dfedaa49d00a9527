// The inbox as lines for a terminal.
import { toPlainText } from "../../notifications/texts/rules/markdown.ts";
import { formatAge } from "./time.ts";
import { shortId } from "./names.ts";
import { columnsOf, cutToColumns, plain, plainLine } from "./text.ts";

export interface ShownNotification {
  id: string;
  title: string;
  content: string;
  actions: { label: string; url: string }[];
  read_at: string | null;
  created_at: string;
}

export interface InboxStyle {
  bold: (text: string) => string;
  dim: (text: string) => string;
  /** Lines are cut to it; undefined: no cut. */
  columns: number | undefined;
  now: number;
  /** The whole text; otherwise its first lines. */
  isWhole?: boolean;
}

const maxContentLines = 3;

/** `*` marks an unread notification; the first line ends in the id that `read` takes. */
export function inboxLines(item: ShownNotification, style: InboxStyle): string[] {
  const { bold, dim, columns, now, isWhole = false } = style;
  const age = formatAge(item.created_at, now).padEnd(10);
  const id = shortId(item.id);
  const indent = " ".repeat(2 + age.length + 2);
  const room = (columns ?? Infinity) - indent.length;
  const title = cutToColumns(plainLine(toPlainText(item.title)), Math.max(10, room - id.length - 2));
  const gap = " ".repeat(columns === undefined ? 2 : Math.max(2, room - columnsOf(title) - id.length));
  const isUnread = item.read_at === null;
  return [
    `${isUnread ? "*" : " "} ${dim(age)}  ${isUnread ? bold(title) : title}${gap}${dim(id)}`,
    ...[
      ...bodyOf(item.content, isWhole ? undefined : id),
      ...item.actions.map(({ label, url }) => plainLine(`${label}: ${url}`)),
    ].map((line) => indent + cutToColumns(line, Math.max(10, room))),
  ];
}

/** With an id, the first lines, and how to see the others. */
function bodyOf(content: string, id: string | undefined): string[] {
  const lines = plain(toPlainText(content))
    .split("\n")
    .map((line) => line.replaceAll("\t", "  ").trimEnd())
    .filter((line) => line !== "");
  const more = lines.length - maxContentLines;
  if (id === undefined || more <= 0) return lines;
  return [
    ...lines.slice(0, maxContentLines),
    `(${more} more ${more === 1 ? "line" : "lines"}: belfry notifications show ${id})`,
  ];
}
