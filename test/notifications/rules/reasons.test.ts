// Reason codes in words: for the command line and the pages, and for the recipient of a mail.
import { expect, test } from "vitest";
import {
  describeReason,
  recipientReasons,
  whyYouGetThis,
} from "../../../src/notifications/outbox/rules/reasons.ts";

test.each([
  ["workspace_owner", { question: "who", text: "They own the workspace" }],
  ["role_template-admin", { question: "who", text: "They are a template admin" }],
  ["group_sre", { question: "who", text: "They are in the group sre" }],
  ["source_prod", { question: "who", text: "It came from source prod, which named them as the recipient" }],
  ["inbox", { question: "channel", text: "Every notification goes to the inbox" }],
  ["expired", { question: "not", text: "It expired before it could be sent" }],
])("the code %s is described", (code, expected) => {
  expect(describeReason(code)).toMatchObject(expected);
});

test.each(["a_later_code", "toString", ""])("the unknown code %j is described by itself", (code) => {
  expect(describeReason(code)).toEqual({ question: "not", text: code });
});

test.each([
  [["to_self", "deployment_default"], "You get this because you sent it to yourself."],
  [
    ["named", "role_user-admin", "inbox"],
    "You get this because the sender named you as a recipient and you are a user admin.",
  ],
  [
    ["group_sre", "owns_workspace", "inbox"],
    "You get this because you are in the group sre and you own a workspace that the sender chose.",
  ],
  [["source_prod", "inbox"], "You get this because source prod sent it to you."],
  [["role_template-admin", "role_owner"], "You get this because you are a template admin and an owner."],
  [
    ["no_template_admin", "role_owner", "inbox"],
    "You get this because there is no template admin and you are an owner.",
  ],
  [
    ["role_owner", "own_action"],
    "You get this because you are an owner. You did it yourself, so it is already read.",
  ],
  [["deployment_default", "a_later_code"], undefined],
])("a recipient with the reasons %j reads %j", (codes, expected) => {
  expect(whyYouGetThis(codes)).toBe(expected);
});

test("the reasons for the recipient are those that are kept", () => {
  expect(recipientReasons(["named", "role_owner", "a_later_code", "inbox", "own_action", "paused"])).toEqual([
    "named",
    "role_owner",
    "own_action",
  ]);
});
