// Which notifications of a user have changed after a version.

/** Characters of the text of recent changes, as the trigger cuts it. */
const maxRecentLength = 1_000;

/** Readers who have missed more changes read their list again. */
export const maxChangedItems = 10;

export interface ChangedSince {
  /** Sequence numbers of the notifications, each once, the latest change first. */
  seqs: number[];
  /** Whether these are all. */
  isComplete: boolean;
}

export function changedSince(recent: string, version: number): ChangedSince {
  const known = [...recent.matchAll(/(\d+):(\d+),/g)].map(([, at, seq]) => ({
    version: Number(at),
    seq: Number(seq),
  }));
  const later = known.filter((change) => change.version > version);
  const seqs = [...new Set(later.map(({ seq }) => seq))];
  const isCut = recent.length >= maxRecentLength && later.length === known.length;
  return isCut || seqs.length > maxChangedItems
    ? { seqs: [], isComplete: false }
    : { seqs, isComplete: true };
}
