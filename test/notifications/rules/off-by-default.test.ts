// Whom a kind that is off by default is planned for, and who is only counted.
import { expect, test } from "vitest";
import type { Recipient } from "../../../src/notifications/outbox/rules/plan.ts";
import { countOffByDefault, effectiveRule } from "../../../src/notifications/outbox/rules/off-by-default.ts";
import type { Reason } from "../../../src/notifications/outbox/rules/reasons.ts";

const recipient = (userId: string, disabled: boolean | null, ...why: Reason[]): Recipient => ({
  userId,
  username: userId,
  name: "",
  email: `${userId}@example.com`,
  status: "active",
  disabled,
  ownActionsNotify: false,
  mutes: null,
  why,
});
const everybody = [
  recipient("by-role", null, "role_owner", "role_template-admin"),
  recipient("stands-in", null, "no_template_admin", "role_owner"),
  recipient("turned-on", false, "role_owner"),
  recipient("turned-off", true, "role_owner"),
  recipient("concerned", null, "workspace_owner", "role_owner"),
];
const kind = { id: "any", kind: "system", enabledByDefault: false, isDisabled: false } as const;
const oneTimePasscode = "62f86a30-2330-4b61-a26d-311ff3b608cf";

test("who gets it for a role alone and has chosen nothing is counted", () => {
  const { planned, offByDefault } = countOffByDefault(everybody, kind);
  expect(planned.map(({ userId }) => userId)).toEqual(["turned-on", "turned-off", "concerned"]);
  expect(offByDefault).toBe(2);
});

test.each([
  { enabledByDefault: true },
  { isDisabled: true },
  { kind: "custom" as const },
  { id: oneTimePasscode },
])("everybody is planned for a kind with %j", (other) => {
  expect(countOffByDefault(everybody, { ...kind, ...other })).toEqual({
    planned: everybody,
    offByDefault: 0,
  });
});

test("an event keeps the roles that are its recipients", () => {
  const rule = { roles: ["template-admin"], fallbackRoles: ["owner"] } as const;
  expect(effectiveRule(rule, everybody)).toEqual({ roles: ["owner"], fallbackRoles: [] });
  expect(effectiveRule(rule, everybody.slice(2))).toBe(rule);
  expect(effectiveRule({ roles: ["owner"] }, everybody)).toEqual({ roles: ["owner"] });
});
