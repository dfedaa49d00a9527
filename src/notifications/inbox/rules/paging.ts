// Pages of a list in both directions, by sequence numbers.

/** The same on the page and in the API, whose size is Coder's. */
export const inboxPageSize = 25;

/** The sequence number that a page begins after, or ends before. */
export type Cursor = { before: number; after?: undefined } | { after: number; before?: undefined };

/** A page of a list as it was read: rows in the direction of the cursor, one more than fit; and any on the other side. */
export interface PageRead<Row> {
  rows: readonly Row[];
  other: readonly unknown[];
}

/** The rows of a page, newest first, and the cursors of the pages beside it. */
export function toPage<Row extends { seq: number }>(
  cursor: Cursor | undefined,
  { rows, other }: PageRead<Row>,
  size: number,
): { items: Row[]; newer: Cursor | undefined; older: Cursor | undefined } {
  const isUpwards = cursor?.after !== undefined;
  const hasMore = rows.length > size;
  const hasOther = other.length > 0;
  const items = isUpwards ? rows.slice(0, size).toReversed() : rows.slice(0, size);
  // Of an empty page, the neighbours are those of its cursor.
  const top = items[0]?.seq ?? (cursor?.before ?? 0) - 1;
  const bottom = items.at(-1)?.seq ?? (cursor?.after ?? 0) + 1;
  return {
    items,
    newer: (isUpwards ? hasMore : hasOther) ? { after: top } : undefined,
    older: (isUpwards ? hasOther : hasMore) ? { before: bottom } : undefined,
  };
}

/** Where to look whether a page has a neighbour on the side that it came from. */
export const otherSide = (cursor: Cursor): Cursor =>
  cursor.after === undefined ? { after: cursor.before - 1 } : { before: cursor.after + 1 };
