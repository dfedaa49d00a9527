// What keeps notifications from arriving.
import { expect, test } from "vitest";
import type { Health } from "../../../src/notifications/delivery/rules/channel-health.ts";
import {
  deliveryProblems,
  type DeliveryProblem,
  type DeliveryState,
} from "../../../src/notifications/delivery/rules/delivery-problems.ts";

const now = 10_000_000;
const interval = 15_000;
const minute = 60_000;

const health = (method: string, failingSince: number | null): Health => ({
  method,
  failingSince,
  succeededAt: null,
  failedAt: failingSince,
  answer: null,
});

test.each<[Partial<DeliveryState>, DeliveryProblem[]]>([
  [{}, []],
  [{ pausedAt: 7 }, [{ kind: "paused", since: 7 }]],
  [{ tickAt: null }, []],
  [{ tickAt: now - 3 * interval }, []],
  [{ tickAt: now - 3 * interval - 1 }, [{ kind: "overdue", since: now - 3 * interval - 1 }]],
  [{ tickAt: now + minute }, []],
  [{ health: [health("webhook", now - minute)] }, []],
  [
    {
      health: [health("smtp", now - 6 * minute), health("webhook", now - 9 * minute), health("inbox", null)],
    },
    [{ kind: "failing", since: now - 9 * minute, methods: ["smtp", "webhook"] }],
  ],
  [{ receivers: [{ name: "ops", succeededAt: 7 }] }, [{ kind: "receiver", name: "ops", succeededAt: 7 }]],
])("%j is reported as %j", (state, expected) => {
  const works = { pausedAt: null, tickAt: now, health: [], receivers: [] };
  expect(deliveryProblems({ ...works, ...state }, now, interval)).toEqual(expected);
});
