// What is read of Coder's messages, and what isn't taken.
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCoderMessage } from "../../../src/sources/rules/coder-message.ts";
import { jsonDepth } from "../../../src/sources/rules/json-depth.ts";
import { coderMessage, eachKind, goJson } from "../../support/coder-messages.ts";

const parse = (message: unknown, id?: string) =>
  parseCoderMessage(typeof message === "string" ? message : goJson(message), id);
const problems = (message: unknown, id?: string) => {
  const parsed = parse(message, id);
  return parsed.ok || parsed.why !== "invalid" ? parsed : parsed.problems;
};

test("the id is the header's or the message's, in lower case", () => {
  const message = coderMessage();
  const { msg_id: id, ...without } = message;
  for (const parsed of [parse(message), parse(without, id), parse(message, id.toUpperCase())])
    expect(parsed).toMatchObject({ ok: true, message: { id } });
  expect(problems(without)).toEqual([{ field: "X-Message-Id", detail: "is missing, and so is msg_id" }]);
  expect(problems(message, "x")).toEqual([{ field: "X-Message-Id", detail: "must be a UUID" }]);
  expect(problems(message, crypto.randomUUID())).toEqual([
    { field: "X-Message-Id", detail: "must be the same as msg_id" },
  ]);
});

test("what Go writes as null is empty", () => {
  const payload = { actions: null, labels: null, data: null, targets: null };
  expect(parse(coderMessage(payload))).toMatchObject({
    ok: true,
    message: { text: { actions: [] }, labels: {}, data: null, targets: [] },
  });
  const message = coderMessage();
  const { user_email: _email, user_name: _name, ...rest } = message.payload;
  expect(parse({ ...message, payload: rest })).toMatchObject({
    ok: true,
    message: { person: { email: "", name: "" } },
  });
});

test("each kind of message is read", () => {
  for (const [name, message] of eachKind())
    expect(parse(message)).toMatchObject({
      ok: true,
      message: { kind: { id: message.payload.notification_template_id, name }, data: message.payload.data },
    });
});

test("plain text stays plain, and a message without a title has its kind's name", () => {
  const {
    title_markdown: _title,
    body_markdown: _body,
    ...plain
  } = coderMessage({}, { title: "a_b*", body: "x\n# y" });
  expect(parse(plain)).toMatchObject({ message: { text: { title: "a\\_b\\*", body: "x\n\\# y" } } });
  expect(parse(coderMessage({ notification_name: "A * kind" }, { title_markdown: " " }))).toMatchObject({
    message: { text: { title: "A \\* kind" } },
  });
});

test("a problem never repeats what was sent", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 12, unit: "grapheme-ascii" }), (secret) => {
      const message = coderMessage({ user_id: secret, targets: [secret], notification_template_id: secret });
      expect(JSON.stringify(problems(message))).not.toContain(JSON.stringify(secret).slice(1, -1));
    }),
  );
});

test("a passcode is one by its kind or its label", () => {
  for (const message of [
    { payload: { notification_template_id: "62F86A30-2330-4b61-a26d-311ff3b608cf" } },
    { payload: { labels: { one_time_passcode: "" } } },
  ])
    expect(parse(message)).toEqual({ ok: false, why: "passcode" });
  expect(parse({ payload: { labels: [] } })).toMatchObject({ why: "invalid" });
});

test.each([
  ["", 0],
  ["[]", 1],
  ['{"a":[[1]]}', 3],
  ['"[[[["', 0],
  ['"\\"[[" [', 1],
  ["[[]][[[]]]", 3],
  ["]]]][", 0],
  ["[".repeat(100_000), 100_000],
])("%j is nested %j times", (text, depth) => {
  expect(jsonDepth(text)).toBe(depth);
});

test("what is parsed has the depth that was counted", () => {
  const depthOf = (value: unknown): number =>
    typeof value === "object" && value !== null
      ? 1 + Math.max(0, ...Object.values(value as object).map(depthOf))
      : 0;
  fc.assert(fc.property(fc.jsonValue(), (value) => jsonDepth(JSON.stringify(value)) === depthOf(value)));
});

test.each([
  ["{", "must be JSON"],
  ["[]", "must be a JSON object"],
  ["null", "must be a JSON object"],
  ["[".repeat(65), "has more than 64 levels of nesting"],
])("the text %j is no message: %s", (text, detail) => {
  expect(problems(text)).toEqual([{ field: "body", detail }]);
});
