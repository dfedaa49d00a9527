// Reason codes in words: for the command line and the pages, and for the recipient of a mail.
import { expect, test } from "vitest";
import { describeReason, whyYouGetThis } from "../../../src/notifications/outbox/rules/reasons.ts";

test.each([
  ["workspace_owner", { question: "who", text: "They own the workspace" }],
  ["role_template-admin", { question: "who", text: "They have the role template-admin" }],
  ["inbox", { question: "channel", text: "Every notification goes to the inbox" }],
  ["expired", { question: "not", text: "It expired before it could be sent" }],
])("the code %s is described", (code, expected) => {
  expect(describeReason(code)).toMatchObject(expected);
});

test.each(["a_later_code", "toString", ""])("the unknown code %j is described by itself", (code) => {
  expect(describeReason(code)).toEqual({ question: "not", text: code });
});

test.each([
  [["to_self", "deployment_default"], "you sent it to yourself"],
  [["named", "role_owner", "inbox"], "the sender named you as a recipient; you have the role owner"],
  [["deployment_default", "a_later_code"], undefined],
])("a recipient with the reasons %j gets the message because %s", (codes, expected) => {
  expect(whyYouGetThis(codes)).toBe(expected);
});
