// Reads Prometheus' text format as strictly as a scraper does, and works out the few forms of PromQL that the alerts in
// the docs use.
import type { TestServer } from "./server.ts";

export interface Series {
  name: string;
  labels: Record<string, string>;
  value: number;
}
export type Scrape = Series[];

const nameForm = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const labelForm = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(,|$)/y;
const unescape: Record<string, string> = { "\\\\": "\\", "\\n": "\n", '\\"': '"' };

/** Throws with the line for anything that the format doesn't allow. */
export function parseExposition(text: string): Scrape {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const series: Scrape = [];
  const done = new Set<string>();
  let family: { name: string; type: string | undefined } | undefined;
  for (const line of text.slice(0, -1).split("\n")) {
    const fail = (why: string): never => {
      throw new Error(`${why}: ${line}`);
    };
    const [, kind, name, rest] = /^# (HELP|TYPE) (\S+) (.*)$/s.exec(line) ?? [];
    if (kind === "HELP") {
      if (done.has(name!)) fail("the family was there before");
      if (!nameForm.test(name!)) fail("no name of a metric");
      if (/\\(?![\\n])/.test(rest!.replaceAll("\\\\", ""))) fail("a wrong escape");
      done.add(name!);
      family = { name: name!, type: undefined };
    } else if (kind === "TYPE") {
      if (family?.name !== name || family?.type !== undefined) fail("a type without its help before it");
      if (!["counter", "gauge", "histogram"].includes(rest!)) fail("no type");
      family = { name: name!, type: rest! };
    } else {
      const one = parseSample(line) ?? fail("no sample");
      const suffix = family?.type === "histogram" ? /^_(bucket|sum|count)$/ : /^$/;
      if (family?.type === undefined || !one.name.startsWith(family.name))
        fail("a sample outside its family");
      if (!suffix.test(one.name.slice(family!.name.length))) fail("a sample of another kind");
      if (family!.type !== "gauge" && !(one.value >= 0)) fail("a total below 0");
      if (series.some((other) => keyOf(other) === keyOf(one))) fail("the series was there before");
      series.push(one);
    }
  }
  checkHistograms(series);
  return series;
}

function parseSample(line: string): Series | undefined {
  const [, name, , inside, number] = /^([^\s{]+)(\{(.*)\})? (\S+)$/s.exec(line) ?? [];
  if (name === undefined || !nameForm.test(name)) return undefined;
  const labels: Record<string, string> = {};
  labelForm.lastIndex = 0;
  while (inside !== undefined && labelForm.lastIndex < inside.length) {
    const [whole, label, value] = labelForm.exec(inside) ?? [];
    if (whole === undefined || label === undefined || label in labels) return undefined;
    labels[label] = value!.replaceAll(/\\[\\n"]/g, (escaped) => unescape[escaped]!);
  }
  const value = number === "+Inf" ? Infinity : number === "-Inf" ? -Infinity : Number(number);
  return Number.isNaN(value) && number !== "NaN" ? undefined : { name, labels, value };
}

const keyOf = ({ name, labels }: Series) => `${name} ${JSON.stringify(Object.entries(labels).toSorted())}`;
const without = (labels: Record<string, string>, name: string) =>
  JSON.stringify(Object.entries(labels).filter(([label]) => label !== name));

/** Buckets grow, the last is +Inf and holds all. */
function checkHistograms(series: Scrape): void {
  const buckets = series.filter(({ name }) => name.endsWith("_bucket"));
  const groups = Map.groupBy(buckets, ({ name, labels }) => `${name} ${without(labels, "le")}`);
  for (const [group, ofOne] of groups) {
    const bounds = ofOne.map(({ labels }) => (labels["le"] === "+Inf" ? Infinity : Number(labels["le"])));
    const grows = (numbers: number[], atLeast: boolean) =>
      numbers.every(
        (value, at) => at === 0 || (atLeast ? value >= numbers[at - 1]! : value > numbers[at - 1]!),
      );
    const name = ofOne[0]!.name.replace(/_bucket$/, "_count");
    const count = series.find(
      (one) => one.name === name && without(one.labels, "le") === without(ofOne[0]!.labels, "le"),
    );
    if (!grows(bounds, false) || bounds.at(-1) !== Infinity) throw new Error(`the buckets of ${group}`);
    if (
      !grows(
        ofOne.map(({ value }) => value),
        true,
      )
    )
      throw new Error(`the buckets of ${group} shrink`);
    if (ofOne.at(-1)!.value !== count?.value) throw new Error(`the count of ${group}`);
  }
}

export async function scrape(server: Pick<TestServer, "call">): Promise<Scrape> {
  const answer = await server.call("GET", "/metrics");
  if (answer.status !== 200) throw new Error(`/metrics: ${answer.status} ${answer.text}`);
  return parseExposition(answer.text);
}

/** The one series of this name with these labels (others may have more); undefined when there is none. */
export function valueOf(
  series: Scrape,
  name: string,
  labels: Record<string, string> = {},
): number | undefined {
  const found = series.filter(
    (one) =>
      one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  );
  if (found.length > 1) throw new Error(`${found.length} series of ${name} ${JSON.stringify(labels)}`);
  return found[0]?.value;
}

export interface Alert {
  name: string;
  expression: string;
  /** Milliseconds that it must hold. */
  lasting: number;
}

/** The rules of a document, from its blocks of YAML. */
export function alertsOf(markdown: string): Alert[] {
  const yaml = [...markdown.matchAll(/^```ya?ml\n(.*?)^```/gms)].map(([, block]) => block!).join("\n");
  return yaml
    .split(/^\s*- alert: /m)
    .slice(1)
    .map((rule) => {
      const field = (name: string) => new RegExp(`^\\s*${name}: (.*)$`, "m").exec(rule)?.[1];
      const [expression, lasting] = [field("expr"), field("for") ?? "0s"];
      const [, amount, unit] = /^(\d+)([smh])$/.exec(lasting) ?? [];
      if (expression === undefined || amount === undefined) throw new Error(`no rule: ${rule}`);
      if (field("summary") === undefined) throw new Error(`a rule without a summary: ${rule}`);
      return {
        name: rule.split("\n")[0]!.trim(),
        expression,
        lasting: Number(amount) * { s: 1_000, m: 60_000, h: 3_600_000 }[unit as "s" | "m" | "h"],
      };
    });
}

/** A scrape and when it was made, epoch milliseconds; the oldest first. */
export type History = { at: number; series: Scrape }[];

/** Whether a rule fires after the last of these scrapes: its expression has held at each one for so long. */
export function fires({ expression, lasting }: Alert, history: History): boolean {
  const last = history.at(-1)!.at;
  const holds = history.map((_, place) => evaluate(expression, history.slice(0, place + 1)).length > 0);
  const since = holds.lastIndexOf(false) + 1;
  return since < history.length && last - history[since]!.at >= lasting;
}

interface Vector {
  labels: Record<string, string>;
  value: number;
}

/**
 * `vector`, `increase(vector[10m])`, `abs(vector)`, `absent(vector)`, each compared with a number or a number times a
 * vector without labels; two of them joined by `or`. Anything else throws: the docs may not say what no test can read.
 */
function evaluate(expression: string, history: History): Vector[] {
  if (expression.includes(" or ")) return expression.split(" or ").flatMap((part) => evaluate(part, history));
  const [, left, operator, right] = /^(.*?)(?: (>|<|==|>=|<=) (.*))?$/.exec(expression.trim())!;
  const vector = instant(left!.trim(), history);
  if (operator === undefined) return vector;
  const limit = scalar(right!.trim(), history);
  return limit === undefined ? [] : vector.filter(({ value }) => compare(value, operator, limit));
}

function compare(value: number, operator: string, limit: number): boolean {
  if (operator === "==") return value === limit;
  if (operator.endsWith("=")) return operator === ">=" ? value >= limit : value <= limit;
  return operator === ">" ? value > limit : value < limit;
}

function scalar(text: string, history: History): number | undefined {
  const [, factor, name] = /^(?:([\d.]+) \* )?([a-zA-Z_:]\w*)$/.exec(text) ?? [];
  if (name === undefined) return Number.isNaN(Number(text)) ? wrong(text) : Number(text);
  const value = select(name, history.at(-1)!.series)[0]?.value;
  return value === undefined ? undefined : Number(factor ?? 1) * value;
}

function instant(text: string, history: History): Vector[] {
  const now = history.at(-1)!;
  const [, called, inside, amount] =
    /^(increase|abs|absent)\(([^[\]()]+?)(?:\[(\d+)m\])?\)$/.exec(text) ?? [];
  if (called === undefined) return select(text, now.series);
  const vector = select(inside!, now.series);
  if (called === "abs") return vector.map(({ labels, value }) => ({ labels, value: Math.abs(value) }));
  if (called === "absent") return vector.length === 0 ? [{ labels: {}, value: 1 }] : [];
  const window = history.filter(({ at }) => at > now.at - Number(amount) * 60_000);
  return vector.map(({ labels, value }) => {
    const first = window
      .map(({ series }) => select(inside!, series).find((one) => sameLabels(one.labels, labels)))
      .find((one) => one !== undefined);
    return { labels, value: value - first!.value };
  });
}

const sameLabels = (a: object, b: object) =>
  JSON.stringify(Object.entries(a).toSorted()) === JSON.stringify(Object.entries(b).toSorted());

function select(selector: string, series: Scrape): Vector[] {
  const [, name, , inside = ""] = /^([a-zA-Z_:]\w*)(\{(.*)\})?$/.exec(selector) ?? [];
  if (name === undefined) return wrong(selector);
  const matchers = [...inside.matchAll(/(\w+)(=~|!=|=)"([^"]*)"/g)];
  if (matchers.map(([whole]) => whole).join(",") !== inside) return wrong(selector);
  const matches = (value: string, operator: string, wanted: string) => {
    if (operator === "=~") return new RegExp(`^(?:${wanted})$`).test(value);
    return (value === wanted) === (operator === "=");
  };
  return series.filter(
    (one) =>
      one.name === name &&
      matchers.every(([, label, operator, wanted]) => matches(one.labels[label!] ?? "", operator!, wanted!)),
  );
}

function wrong(text: string): never {
  throw new Error(`not read here: ${text}`);
}
