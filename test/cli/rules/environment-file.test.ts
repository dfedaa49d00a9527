// Files of variables, as systemd's EnvironmentFile.
import { expect, test } from "vitest";
import { parseEnvironmentFile } from "../../../src/cli/admin/rules/environment-file.ts";

test("a line is a variable; comments and empty lines are none", () => {
  const text = [
    "# a comment",
    "; another",
    "",
    "A=1",
    "  B = no",
    " C=two words # and this ",
    'D="in quotes \\"so\\" \\$x"',
    "E='as it \\is'",
    "F=",
    "G=https://user:p%40ss@hooks.example.com/?a=b",
    'H="open',
    "I=a\\",
    "b",
    "A=2",
  ];
  expect(parseEnvironmentFile(text.filter((line) => line !== "  B = no").join("\r\n"))).toEqual({
    ok: true,
    variables: {
      A: "2",
      C: "two words # and this",
      D: 'in quotes "so" $x',
      E: "as it \\is",
      F: "",
      G: "https://user:p%40ss@hooks.example.com/?a=b",
      H: '"open',
      I: "ab",
    },
  });
  expect(parseEnvironmentFile(text.join("\n"))).toEqual({ ok: false, line: 5 });
});

test.each([
  ["export A=1", 1],
  ["A=1\nB", 2],
  ["A=1\n1B=2", 2],
])("%j is none", (text, line) => {
  expect(parseEnvironmentFile(text)).toEqual({ ok: false, line });
});

test("a backslash at the very end stays", () => {
  expect(parseEnvironmentFile("A=x\\")).toEqual({ ok: true, variables: { A: "x\\" } });
});
