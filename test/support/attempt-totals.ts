// Totals of attempts as they are stored, without a database.
import {
  groupByKind,
  type AttemptTotal,
  type FinishedAttempt,
} from "../../src/notifications/delivery/rules/totals.ts";

export const toTotals = (attempts: readonly FinishedAttempt[]): AttemptTotal[] =>
  groupByKind(attempts.map((one, at) => ({ ...one, id: String(at), token: "lease" }))).map(
    ({ kind, attempts: ofKind }) => {
      const sum = (column: 2 | 3 | 4) => ofKind.reduce((total, one) => total + one[column], 0);
      return {
        ...kind,
        count: ofKind.length,
        queuedSeconds: sum(2),
        sendingSeconds: sum(3),
        deliveredSeconds: sum(4),
      };
    },
  );
