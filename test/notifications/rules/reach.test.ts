// How many people a custom notification reaches, in words.
import { expect, test } from "vitest";
import { describeReach } from "../../../src/notifications/custom/rules/reach.ts";

const none = { suspended: 0, disabled: 0, minutes: 0 };

test.each([
  [{ ...none, recipients: 0, reached: 0 }, "Nobody matches."],
  [{ ...none, recipients: 1, reached: 1 }, "Matches 1 person."],
  [
    { recipients: 43, reached: 36, suspended: 2, disabled: 5, minutes: 0 },
    "Matches 43 people, of whom 2 are suspended and 5 have disabled custom notifications.",
  ],
  [
    { recipients: 3, reached: 1, suspended: 1, disabled: 1, minutes: 1 },
    "Matches 3 people, of whom 1 is suspended and 1 has disabled custom notifications. The inbox has it at once; by other channels, the last get it in about 1 minute.",
  ],
  [
    { ...none, recipients: 2, reached: 0, minutes: 3 },
    "Matches 2 people. Custom notifications are disabled for everybody. The inbox has it at once; by other channels, the last get it in about 3 minutes.",
  ],
])("%j", (reach, text) => {
  expect(describeReach(reach)).toBe(text);
});
