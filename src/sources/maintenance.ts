// What the tick deletes of sources: old receipts, the ids of messages whose source was deleted, what has waited for a day, and
// people who were never recognised.
import type { Deps } from "../kernel/deps.ts";
import type { Purges } from "../kernel/purge.ts";
import { receiptRetentionMs, unmatchedRetentionMs, waitingMs } from "./rules/source.ts";
import { purgePeople, purgeWaiting } from "./store/people.ts";
import { purgeMessageIds, purgeReceipts } from "./store/receipts.ts";

export function sourcePurges(deps: Deps): Purges {
  const now = deps.now();
  return {
    sourceReceipts: (limit) => purgeReceipts(now - receiptRetentionMs, limit),
    sourceMessageIds: purgeMessageIds,
    sourceWaiting: (limit) => purgeWaiting(now - waitingMs, limit),
    sourcePeople: (limit) => purgePeople(now - unmatchedRetentionMs, limit),
  };
}
