// What a hosted libSQL database costs: Turso's plans.

/** When they were read, and where. */
export const plansAsOf = "June 2026";
export const plansAddress = "https://turso.tech/pricing";

export interface Plan {
  name: string;
  /** Dollars a month. */
  fee: number;
  included: Usage;
  /** Dollars for a billion rows read, a million rows written and a gigabyte beyond that. */
  beyond: { billionRead: number; millionWritten: number; gigabyte: number };
}

/** In a month. */
export interface Usage {
  read: number;
  written: number;
  gigabytes: number;
}

export const plans: Plan[] = [
  {
    name: "Developer",
    fee: 4.99,
    included: { read: 2.5e9, written: 25e6, gigabytes: 9 },
    beyond: { billionRead: 1, millionWritten: 1, gigabyte: 0.75 },
  },
  {
    name: "Scaler",
    fee: 24.92,
    included: { read: 100e9, written: 100e6, gigabytes: 24 },
    beyond: { billionRead: 0.8, millionWritten: 0.8, gigabyte: 0.5 },
  },
  {
    name: "Pro",
    fee: 416.58,
    included: { read: 250e9, written: 250e6, gigabytes: 50 },
    beyond: { billionRead: 0.75, millionWritten: 0.75, gigabyte: 0.45 },
  },
];

export function priceOf({ fee, included, beyond }: Plan, { read, written, gigabytes }: Usage): number {
  const over = (used: number, free: number) => Math.max(0, used - free);
  return (
    fee +
    (over(read, included.read) / 1e9) * beyond.billionRead +
    (over(written, included.written) / 1e6) * beyond.millionWritten +
    over(gigabytes, included.gigabytes) * beyond.gigabyte
  );
}
