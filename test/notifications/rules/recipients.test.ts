// Who receives an event, and why.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SiteRole } from "../../../db/schema.ts";
import {
  chooseRecipients,
  templateAdmins,
  type RecipientRule,
} from "../../../src/notifications/outbox/rules/recipients.ts";

const person = (userId: string, roles: SiteRole[] = [], status: "active" | "suspended" = "active") => ({
  userId,
  username: `${userId}-name`,
  status,
  roles: JSON.stringify(roles),
});
const owner = person("owner", ["owner"]);
const admin = person("admin", ["template-admin"]);
const both = person("both", ["owner", "template-admin"]);
const member = person("member");

const chosen = (people: ReturnType<typeof person>[], recipients: RecipientRule) =>
  chooseRecipients(people, recipients).map(({ userId, why }) => [userId, why]);

describe("the recipients of an event", () => {
  test.each<[string, ReturnType<typeof person>[], RecipientRule, [string, string[]][]]>([
    ["template admins alone", [owner, admin, member], templateAdmins, [["admin", ["role_template-admin"]]]],
    [
      "the owners if there is no template admin",
      [owner, member],
      templateAdmins,
      [["owner", ["no_template_admin", "role_owner"]]],
    ],
    [
      "the owners if the only template admin is suspended",
      [owner, person("gone", ["template-admin"], "suspended")],
      templateAdmins,
      [["owner", ["no_template_admin", "role_owner"]]],
    ],
    [
      "a suspended user too, so that the reason is stored",
      [admin, person("gone", ["template-admin"], "suspended")],
      templateAdmins,
      [
        ["admin", ["role_template-admin"]],
        ["gone", ["role_template-admin"]],
      ],
    ],
    [
      "a user with two of the roles, once",
      [owner, both],
      { roles: ["owner", "template-admin"] },
      [
        ["owner", ["role_owner"]],
        ["both", ["role_owner", "role_template-admin"]],
      ],
    ],
    [
      "not the initiator for their role",
      [owner, admin],
      { roles: ["owner", "template-admin"], exclude: ["admin"] },
      [["owner", ["role_owner"]]],
    ],
    [
      "a user whom the event concerns, also the initiator",
      [owner, both, member],
      { people: [{ id: "both", why: "workspace_owner" }], roles: ["owner"], exclude: ["both"] },
      [
        ["owner", ["role_owner"]],
        ["both", ["workspace_owner"]],
      ],
    ],
    [
      "named users, by id or username",
      [owner, admin, member],
      { named: ["member", "Admin-Name"] },
      [
        ["admin", ["named"]],
        ["member", ["named"]],
      ],
    ],
    [
      "the sender, for that reason alone",
      [owner, member],
      { self: "owner", named: ["owner"], roles: ["owner"] },
      [["owner", ["to_self"]]],
    ],
    ["nobody if the rule is empty", [owner, admin, member], {}, []],
  ])("are %s", (_, people, rule, expected) => {
    expect(chosen(people, rule)).toEqual(expected);
  });

  test("include somebody active if there is an active template admin or owner", () => {
    const people = fc.uniqueArray(
      fc.record({
        userId: fc.uuid(),
        username: fc.string(),
        status: fc.constantFrom("active" as const, "suspended" as const),
        roles: fc
          .subarray<SiteRole>(["owner", "template-admin", "user-admin"])
          .map((all) => JSON.stringify(all)),
      }),
      { selector: ({ userId }) => userId },
    );
    fc.assert(
      fc.property(people, (all) => {
        const recipients = chooseRecipients(all, templateAdmins);
        const possible = all.filter(
          ({ status, roles }) => status === "active" && /"(owner|template-admin)"/.test(roles),
        );
        expect(recipients.some(({ status }) => status === "active")).toBe(possible.length > 0);
        expect(new Set(recipients.map(({ userId }) => userId)).size).toBe(recipients.length);
      }),
    );
  });
});
