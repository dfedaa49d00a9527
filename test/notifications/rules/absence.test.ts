// Why somebody did not get an event.
import { expect, test } from "vitest";
import {
  explainAbsence,
  toStoredRule,
  type AbsenceFacts,
} from "../../../src/notifications/outbox/rules/absence.ts";
import { templateAdmins, type RecipientRule } from "../../../src/notifications/outbox/rules/recipients.ts";

test.each<[RecipientRule, object | null]>([
  [{ self: "a" }, null],
  [{ named: ["a"], roles: [] }, null],
  [templateAdmins, { roles: ["template-admin"], fallbackRoles: ["owner"] }],
  [
    { roles: ["owner"], exclude: ["a"], people: [{ id: "a", why: "workspace_owner" }] },
    { roles: ["owner"], exclude: ["a"], people: ["workspace_owner"] },
  ],
  [
    {
      people: [
        { id: "a", why: "uses_template" },
        { id: "b", why: "uses_template" },
      ],
    },
    { people: ["uses_template"] },
  ],
])("of the rule %j an event keeps %j", (rule, stored) => {
  expect(toStoredRule(rule)).toEqual(stored);
});

type More = Partial<Omit<AbsenceFacts, "person">> & { person?: Partial<AbsenceFacts["person"]> };

const explain = ({ person, ...more }: More) =>
  explainAbsence({
    rule: { roles: ["template-admin"], fallbackRoles: ["owner"] },
    createdAt: 100,
    targets: ["t"],
    recipients: [["role_template-admin", "inbox"], ["role_template-admin"]],
    offByDefault: 0,
    person: { id: "x", roles: [], createdAt: 1, isSystem: false, deletedAt: null, ...person },
    ...more,
  });

test("an owner reads that owners are notified only where there is no template admin", () => {
  expect(explain({ person: { roles: ["owner"] } })).toEqual([
    "Template admins were notified (2).",
    "This user is an owner, and owners are only notified where there is no template admin.",
  ]);
});

test.each<[More, string]>([
  [{}, "This user is not a template admin."],
  [{ rule: { roles: ["owner", "user-admin"] } }, "This user is not an owner or a user admin."],
  [{ person: { isSystem: true } }, "This is an account of Belfry itself, which is never notified."],
  [{ person: { deletedAt: 100 } }, "This user's account was deleted before the event."],
  [{ person: { deletedAt: 101 } }, "This user is not a template admin."],
  [{ person: { createdAt: 101 } }, "This user's account was created after the event."],
  [{ rule: null }, "This user was not among the recipients that the sender named."],
  [
    { person: { roles: ["template-admin"] } },
    "This user is a template admin now, but was not at the time of the event.",
  ],
  [
    { offByDefault: 2, person: { roles: ["template-admin"] } },
    "This user is a template admin. They had not turned on this kind, or got the role after the event.",
  ],
  [
    { offByDefault: 2, rule: { roles: ["owner"], exclude: ["x"] }, person: { roles: ["owner"] } },
    "This user is an owner, but caused the event, and is not notified of what they did.",
  ],
  [
    { rule: { roles: ["owner"], exclude: ["x"] }, person: { roles: ["owner"] } },
    "This user is an owner, but caused the event, and is not notified of what they did.",
  ],
  [
    { rule: { roles: ["owner"], exclude: ["x"] }, targets: ["x"], person: { roles: ["owner"] } },
    "This user is an owner, but the event is about their own account.",
  ],
  [{ rule: { roles: ["owner"], exclude: ["x"] } }, "This user is not an owner."],
  [{ rule: { people: ["workspace_owner"] } }, "This user does not own the workspace."],
  [{ rule: { people: ["own_agent"] } }, "This user is not the agent's user."],
  [{ rule: { people: ["own_account"] } }, "This user is not the user of the account."],
  [
    { rule: { people: ["uses_template"], roles: ["owner"] } },
    "This user had no workspace of the template and is not an owner.",
  ],
  [{ rule: { people: ["named"] } }, "This user is not a recipient of this kind."],
])("with %j: %s", (more, expected) => {
  expect(explain(more).at(-1)).toBe(expected);
});

test.each([
  [1, "1 recipient had not turned on this kind, which is off by default."],
  [500, "500 recipients had not turned on this kind, which is off by default."],
])("%d who had not turned it on are a sentence", (offByDefault, expected) => {
  expect(explain({ offByDefault, recipients: [] })).toEqual([
    "Nobody was notified.",
    expected,
    "This user is not a template admin.",
  ]);
});

test.each<[string[][], string[]]>([
  [[], ["Nobody was notified."]],
  [[["workspace_owner"]], ["The workspace's owner was notified."]],
  [[["own_account"]], ["The user of the account was notified."]],
  [[["to_self"]], ["The sender was notified."]],
  [[["uses_template"]], ["Users with a workspace of the template were notified (1)."]],
  [[["named"], ["named", "role_owner"]], ["Users whom the sender named were notified (2)."]],
  [
    [["workspace_owner"], ["role_owner"], ["role_template-admin"]],
    [
      "The workspace's owner was notified.",
      "Owners were notified (1).",
      "Template admins were notified (1).",
    ],
  ],
  [[["no_template_admin", "role_owner"]], ["Owners were notified (1), because there was no template admin."]],
  [[["own_agent", "inbox"]], ["The agent's user was notified."]],
  [[["a_later_code"]], ["Recipients were notified (1)."]],
])("recipients with the reasons %j: %j", (recipients, expected) => {
  expect(explain({ recipients }).slice(0, -1)).toEqual(expected);
});

test("an event to a group and to owners of workspaces", () => {
  const rule = { people: ["group_sre", "owns_workspace"] } as const;
  expect(
    explain({
      rule,
      recipients: [
        ["group_sre", "inbox"],
        ["owns_workspace", "inbox"],
      ],
    }),
  ).toEqual([
    "Members of the group sre were notified (1).",
    "Owners of workspaces that the sender chose were notified (1).",
    "This user was not in the group sre and had no workspace that the sender chose.",
  ]);
});

test("a source has named somebody else", () => {
  expect(explain({ rule: { people: ["source_prod"] }, recipients: [["source_prod", "inbox"]] })).toEqual([
    "The user whom source prod named was notified.",
    "This user was not named by source prod.",
  ]);
});
