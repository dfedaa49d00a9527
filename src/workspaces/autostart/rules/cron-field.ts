// The fields of a cron expression, each as the set of its values: numbers, names, ranges, lists and steps. Schedules of
// pools and of starts read theirs with it.

export interface CronField {
  name: string;
  least: number;
  most: number;
  /** Names for its numbers, from `least` on. */
  words: readonly string[];
}

const field = (name: string, least: number, most: number, words: readonly string[] = []): CronField => ({
  name,
  least,
  most,
  words,
});

export const cronFields = {
  minute: field("minute", 0, 59),
  hour: field("hour", 0, 23),
  "day of the month": field("day of the month", 1, 31),
  month: field("month", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" ")),
  // 7 is Sunday again.
  "day of the week": field("day of the week", 0, 7, "SUN MON TUE WED THU FRI SAT".split(" ")),
};

/** Which values it holds for, by their number; undefined for what can't be read. */
export function cronValues(text: string, field: CronField): boolean[] | undefined {
  const values = Array.from({ length: field.most + 1 }, () => false);
  for (const item of text.split(",")) {
    const match = /^(?:(\*)|([A-Z]{3}|\d{1,2})(?:-([A-Z]{3}|\d{1,2}))?)(?:\/(\d{1,2}))?$/i.exec(item);
    if (match === null) return undefined;
    const [, star, first, last, step] = match;
    if (star === undefined && last === undefined && step !== undefined) return undefined;
    const from = star === undefined ? numberOf(first!, field) : field.least;
    const to = star !== undefined ? field.most : last === undefined ? from : numberOf(last, field);
    const width = Number(step ?? 1);
    if (from === undefined || to === undefined || from > to || width === 0) return undefined;
    for (let value = from; value <= to; value += width) values[value] = true;
  }
  if (field === cronFields["day of the week"] && values[7]) values[0] = true;
  return values;
}

function numberOf(text: string, { words, least, most }: CronField): number | undefined {
  const index = words.indexOf(text.toUpperCase());
  const value = index === -1 ? Number(text) : index + least;
  return value >= least && value <= most ? value : undefined;
}
