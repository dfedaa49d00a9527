// Who receives an event, by what they are to it: the pure rule, and the people that are read for it.
import fc from "fast-check";
import { sql } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import {
  chooseRecipients,
  templateAdmins,
  type RecipientRule,
} from "../../src/notifications/outbox/rules/recipients.ts";
import type { SiteRole } from "../../db/schema.ts";
import { defineKind } from "../../src/notifications/kinds/define-kind.ts";
import { startTestServer } from "../support/server.ts";

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
      "the owners where nobody is a template admin",
      [owner, member],
      templateAdmins,
      [["owner", ["no_template_admin", "role_owner"]]],
    ],
    [
      "the owners where the only template admin is suspended",
      [owner, person("gone", ["template-admin"], "suspended")],
      templateAdmins,
      [["owner", ["no_template_admin", "role_owner"]]],
    ],
    [
      "a suspended one too, so that it leaves a reason",
      [admin, person("gone", ["template-admin"], "suspended")],
      templateAdmins,
      [
        ["admin", ["role_template-admin"]],
        ["gone", ["role_template-admin"]],
      ],
    ],
    [
      "whoever has both roles once",
      [owner, both],
      { roles: ["owner", "template-admin"] },
      [
        ["owner", ["role_owner"]],
        ["both", ["role_owner", "role_template-admin"]],
      ],
    ],
    [
      "nobody for a role of theirs who caused it",
      [owner, admin],
      { roles: ["owner", "template-admin"], exclude: ["admin"] },
      [["owner", ["role_owner"]]],
    ],
    [
      "whoever is named, also when they caused it",
      [owner, both, member],
      { people: [{ id: "both", why: "workspace_owner" }], roles: ["owner"], exclude: ["both"] },
      [
        ["owner", ["role_owner"]],
        ["both", ["workspace_owner"]],
      ],
    ],
    [
      "whoever is named, by id or username",
      [owner, admin, member],
      { named: ["member", "Admin-Name"] },
      [
        ["admin", ["named"]],
        ["member", ["named"]],
      ],
    ],
    [
      "the caller, for that alone",
      [owner, member],
      { self: "owner", named: ["owner"], roles: ["owner"] },
      [["owner", ["to_self"]]],
    ],
    ["nobody by an empty rule", [owner, admin, member], {}, []],
  ])("are %s", (_, people, circle, expected) => {
    expect(chosen(people, circle)).toEqual(expected);
  });

  test("reaches somebody whenever there is an active template admin or owner", () => {
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
        const told = chooseRecipients(all, templateAdmins);
        const mayBe = all.filter(
          ({ status, roles }) => status === "active" && /"(owner|template-admin)"/.test(roles),
        );
        expect(told.some(({ status }) => status === "active")).toBe(mayBe.length > 0);
        expect(new Set(told.map(({ userId }) => userId)).size).toBe(told.length);
      }),
    );
  });
});

test("the reads of two events travel together, and each gets its own people", async () => {
  const { deps, sql: rows } = await startTestServer();
  await rows(`INSERT INTO users (id, username, email, name, status, is_system, created_at, updated_at)
    VALUES ('u1', 'ada', 'ada@example.com', '', 'active', 0, 1, 1), ('u2', 'bob', 'bob@example.com', '', 'active', 0, 1, 1)`);
  const ofEach = {
    audience: (...names: string[]) => ({
      userIdsSql: sql`SELECT id FROM users WHERE username IN ${names}`,
    }),
    event: () => ({
      labels: {},
      data: null,
      targets: [],
      createdBy: "test",
      recipients: { people: [{ id: "u1", why: "own_account" as const }] },
    }),
  };
  const first = defineKind("test-notification", { ...ofEach, slot: "first" });
  const second = defineKind("test-notification", { ...ofEach, slot: "second" });
  const answers = await deps().db.read({ ...first.reads("ada"), ...second.reads("ada", "bob") });
  expect(Object.keys(answers).toSorted()).toEqual([
    "first.recipients",
    "first.template",
    "notificationSettings",
    "second.recipients",
    "second.template",
  ]);
  expect(answers["second.recipients"].map(({ username }) => username)).toEqual(["ada", "bob"]);
  for (const kind of [first, second]) {
    const { rows } = kind.prepare(deps(), answers, undefined);
    expect(rows.messages.map(({ userId, reasons }) => [userId, JSON.parse(reasons)])).toEqual([
      ["u1", ["own_account", "inbox"]],
    ]);
  }
});
