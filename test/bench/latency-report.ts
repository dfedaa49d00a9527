// The table of latencies: the medians of each round's percentiles, and the ratio of the 99th to that of the scenario's base.
import { median, writeTable } from "./report.ts";

export interface Latencies {
  name: string;
  base: string;
  /** Milliseconds from the request to the receiver, and to the open inbox. */
  received: number[];
  shown: number[];
  /** Of the server's event loop. */
  loop: { p99Ms: number; maxMs: number };
}

const columns = [
  "Scenario",
  "receiver p50 ms",
  "p99 ms",
  "p99 ÷ idle",
  "inbox p50 ms",
  "p99 ms",
  "loop delay p99 ms",
  "max ms",
];

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1]!;

/** One round, in a line. */
export function describeLatencies({ name, received, shown, loop }: Latencies): string {
  const figures = (values: readonly number[]) =>
    `${percentile(values, 0.5).toFixed(1)} ${percentile(values, 0.99).toFixed(1)}`;
  return `${name}: receiver ${figures(received)}, inbox ${figures(shown)}, loop ${loop.p99Ms.toFixed(1)} ${loop.maxMs.toFixed(1)} ms`;
}

/** `lines`: notes on what else was measured. */
export function writeLatencies(
  results: readonly Latencies[],
  samples: number,
  lines: readonly string[],
): void {
  const byName = Map.groupBy(results, ({ name }) => name);
  /** One round that the machine disturbed changes nothing. */
  const middle = (name: string, key: "received" | "shown", share: number) =>
    median((byName.get(name) ?? []).map((round) => percentile(round[key], share)));
  const rows = [...byName].map(([name, rounds]) => {
    const p99 = middle(name, "received", 0.99);
    const { base } = rounds[0]!;
    return [
      name,
      ...[
        middle(name, "received", 0.5),
        p99,
        byName.has(base) ? p99 / middle(base, "received", 0.99) : NaN,
        middle(name, "shown", 0.5),
        middle(name, "shown", 0.99),
        median(rounds.map(({ loop }) => loop.p99Ms)),
        median(rounds.map(({ loop }) => loop.maxMs)),
      ].map((value) => (Number.isFinite(value) ? value.toFixed(1) : "")),
    ];
  });
  writeTable([columns, ...rows], {
    title: "Results of the bench of latencies",
    file: "LATENCY.md",
    command: "npm run bench:latency",
    notes: [
      `${samples} notifications in each scenario and round, one after another, with pauses; medians of the rounds' percentiles and of their longest delays of the event loop.`,
      "Requests, receivers and server share the machine: read the ratios.",
      "The pools: two seconds after each other, reconciliations create 1,000 workspaces and cancel them again, and each tick deletes some of 60,000 old messages. Ticks are a second apart.",
      "Dead: accepts connections and never answers. Slow: answers each request, or each SMTP command, after 500 ms. Either has a backlog of 2,000 messages.",
      ...lines,
    ],
  });
}
