// By how much a machine's clock is to be corrected so that it agrees with the database's. The runtime's clock calls it.

/** Epoch milliseconds: what the database's clock said, and what ours said before the question and after the answer. */
export interface ClockReading {
  database: number;
  asked: number;
  answered: number;
}

/** The database was read somewhere between question and answer: an offset that fits in there stays as it is. */
export function nextOffset(present: number, { database, asked, answered }: ClockReading): number {
  const least = database - answered;
  const most = database - asked;
  return present >= least && present <= most ? present : Math.round((least + most) / 2);
}
