import { describe, expect, test } from "vitest";
import { describeEnded, describeTimeout } from "../../../src/agent-sessions/questions/rules/ending-texts.ts";
import {
  checkAnswer,
  checkQuestion,
  standingAt,
} from "../../../src/agent-sessions/questions/rules/question.ts";

const asked = { text: "Which?", options: ["a", "b"] };

describe("a question", () => {
  test("takes a text only if it has no options, and is open for a day, unless it says otherwise", () => {
    expect(checkQuestion({ text: " Which? " })).toEqual({
      ok: true,
      value: { text: "Which?", options: [], takesText: true, defaultAnswer: null, timeoutSeconds: 86_400 },
    });
    expect(checkQuestion({ ...asked, options: [" a", "b "] })).toMatchObject({
      ok: true,
      value: { options: ["a", "b"], takesText: false },
    });
    expect(
      checkQuestion({ ...asked, takesText: true, defaultAnswer: "c", timeoutSeconds: 60 }),
    ).toMatchObject({
      ok: true,
      value: { takesText: true, defaultAnswer: "c", timeoutSeconds: 60 },
    });
  });

  test.each([
    [{ text: "" }, "text"],
    [{ text: "x".repeat(2_001) }, "text"],
    [{ ...asked, options: ["a"] }, "options"],
    [{ ...asked, options: [..."abcdefghi"] }, "options"],
    [{ ...asked, options: ["a", "a"] }, "options.1"],
    [{ ...asked, options: ["a", " "] }, "options.1"],
    [{ ...asked, options: ["a", "b\u0007"] }, "options.1"],
    [{ ...asked, options: ["x".repeat(81), "b"] }, "options.0"],
    [{ text: "Which?", takesText: false }, "free_text"],
    [{ ...asked, timeoutSeconds: 59 }, "timeout_s"],
    [{ ...asked, timeoutSeconds: 604_801 }, "timeout_s"],
    [{ ...asked, timeoutSeconds: 61.5 }, "timeout_s"],
    [{ ...asked, defaultAnswer: "c" }, "default"],
    [{ text: "Which?", defaultAnswer: "" }, "default"],
  ])("like %j is refused for its %s", (request, field) => {
    const checked = checkQuestion(request);
    expect(checked.ok ? [] : checked.problems.map((problem) => problem.field)).toEqual([field]);
  });
});

test.each([
  [{ option: "a" }, { options: ["a", "b"], takesText: false }, "a"],
  [{ text: " c " }, { options: ["a", "b"], takesText: true }, "c"],
  [{ text: "c" }, { options: [], takesText: true }, "c"],
])("the answer %j to %j is %s", (given, question, value) => {
  expect(checkAnswer(question, given)).toEqual({ ok: true, value });
});

test.each([
  [{}, { options: ["a", "b"], takesText: true }, "option"],
  [{}, { options: [], takesText: true }, "text"],
  [{ option: "a", text: "c" }, { options: ["a", "b"], takesText: true }, "text"],
  [{ option: "c" }, { options: ["a", "b"], takesText: true }, "option"],
  [{ option: "c" }, { options: [], takesText: true }, "option"],
  [{ text: "c" }, { options: ["a", "b"], takesText: false }, "text"],
  [{ text: " " }, { options: [], takesText: true }, "text"],
])("the answer %j to %j is refused for its %s", (given, question, field) => {
  const checked = checkAnswer(question, given);
  expect(checked.ok ? [] : checked.problems.map((problem) => problem.field)).toEqual([field]);
});

test("a question whose time is over has timed out with its default; one that has ended stays as it is", () => {
  const open = { state: "open" as const, answer: null, defaultAnswer: "a", timesOutAt: 10, endedAt: null };
  expect(standingAt(open, 9)).toEqual(open);
  expect(standingAt(open, 10)).toEqual({ ...open, state: "timed_out", answer: "a", endedAt: 10 });
  const answered = { ...open, state: "answered" as const, answer: "b", endedAt: 5 };
  expect(standingAt(answered, 99)).toEqual(answered);
});

test("an end is described with who and when", () => {
  const ended = { by: "ada", endedAt: 0, answer: "a", defaultAnswer: null, timesOutAt: 0 };
  expect(describeEnded({ ...ended, state: "answered" })).toEqual({
    message: "Already answered by ada.",
    detail: 'The answer is "a", given at 1970-01-01 00:00:00 UTC.',
  });
  expect(describeEnded({ ...ended, state: "answered", by: null }).message).toBe(
    "Already answered by a deleted user.",
  );
  expect(describeEnded({ ...ended, state: "timed_out" }).detail).toContain('continued with "a"');
  expect(describeEnded({ ...ended, state: "timed_out", answer: null }).detail).not.toContain("continued");
  expect(describeEnded({ ...ended, state: "withdrawn", endedAt: null }).message).toBe(
    "The question was withdrawn.",
  );
});

test.each([
  [60, "1 minute"],
  [90, "90 seconds"],
  [61, "61 seconds"],
  [600, "10 minutes"],
  [5_400, "90 minutes"],
  [86_400, "1 day"],
  [172_800, "2 days"],
])("%i seconds are %s", (seconds, text) => {
  expect(describeTimeout(seconds)).toBe(text);
});

test("a default is an option, or a text where that is an answer", () => {
  for (const asked of [
    { text: "Which?", options: ["a", "b"], defaultAnswer: "a" },
    { text: "Which?", options: ["a", "b"], defaultAnswer: "c", takesText: true },
  ])
    expect(checkQuestion(asked)).toMatchObject({ ok: true, value: { defaultAnswer: asked.defaultAnswer } });
});

test("a default that is no answer names what would be one", () => {
  const asked = { text: "Which?", options: ["a", "b"], defaultAnswer: " " };
  expect(checkQuestion({ ...asked, takesText: true })).toMatchObject({
    ok: false,
    problems: [{ field: "default", detail: "must not be empty" }],
  });
  expect(checkQuestion(asked)).toMatchObject({
    ok: false,
    problems: [{ field: "default", detail: expect.stringContaining("one of") }],
  });
});
