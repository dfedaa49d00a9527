// Which pages stand beside one.
import { expect, test } from "vitest";
import { otherSide, toPage } from "../../../src/notifications/inbox/rules/paging.ts";

const rows = (...all: number[]) => all.map((seq) => ({ seq }));

test("a page knows its neighbours, also if it is empty", () => {
  const any = [{}];
  expect(toPage(undefined, { rows: rows(9, 8, 7), other: [] }, 2)).toEqual({
    items: rows(9, 8),
    newer: undefined,
    older: { before: 8 },
  });
  expect(toPage({ before: 8 }, { rows: rows(7), other: any }, 2)).toEqual({
    items: rows(7),
    newer: { after: 7 },
    older: undefined,
  });
  expect(toPage({ after: 5 }, { rows: rows(6, 7, 8), other: any }, 2)).toEqual({
    items: rows(7, 6),
    newer: { after: 7 },
    older: { before: 6 },
  });
  expect(toPage({ after: 5 }, { rows: rows(6), other: [] }, 2)).toEqual({
    items: rows(6),
    newer: undefined,
    older: undefined,
  });
  expect(toPage({ before: 5 }, { rows: [], other: any }, 2).newer).toEqual({ after: 4 });
  expect(toPage({ after: 5 }, { rows: [], other: any }, 2).older).toEqual({ before: 6 });
  expect([otherSide({ before: 8 }), otherSide({ after: 5 })]).toEqual([{ after: 7 }, { before: 6 }]);
});
