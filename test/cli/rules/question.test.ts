import { expect, test } from "vitest";
import { describeAnswers, sessionOfScript, toAnswer } from "../../../src/cli/rules/question.ts";

const choice = { options: ["Yes", "No", "no"], free_text: false };

test.each([
  [choice, "Yes", { option: "Yes" }],
  [choice, " yes ", { option: "Yes" }],
  [choice, "no", { option: "no" }],
  [choice, "NO", { option: "NO" }],
  [choice, "perhaps", { option: "perhaps" }],
  [{ ...choice, free_text: true }, "perhaps", { text: "perhaps" }],
  [{ options: [], free_text: false }, "perhaps", { text: "perhaps" }],
])("to %j, what was typed as %j is %j", (question, typed, answer) => {
  expect(toAnswer(question, typed)).toEqual(answer);
});

test("what can be answered is one line", () => {
  expect(describeAnswers({ options: ["a", "b"], free_text: true })).toBe('"a", "b", your own text');
  expect(describeAnswers({ options: [], free_text: true })).toBe("your own text");
});

test("a script's session is that of its folder, unless it is given", () => {
  const where = { host: "laptop", folder: "/home/mia/web" };
  const nothing = { key: undefined, title: undefined };
  expect(sessionOfScript(nothing, where)).toEqual({
    key: "cli/laptop:/home/mia/web",
    title: "web on laptop",
  });
  expect(sessionOfScript({ key: "k", title: "t" }, where)).toEqual({ key: "k", title: "t" });
  expect(sessionOfScript(nothing, { host: "laptop", folder: "/" }).title).toBe("laptop");
  expect(
    Buffer.byteLength(sessionOfScript(nothing, { host: "h", folder: "/x".repeat(200) }).key),
  ).toBeLessThan(201);
});

test("without a text of one's own, only the options can be answered", () =>
  expect(describeAnswers({ options: ["a", "b"], free_text: false })).toBe('"a", "b"'));
