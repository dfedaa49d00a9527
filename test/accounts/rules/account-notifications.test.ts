// The pure rules of notifications about changes of accounts and templates: labels and recipients.
import { describe, expect, test } from "vitest";
import { templateAdminRoles } from "../../../src/notifications/outbox/rules/recipients.ts";
import { accountCreated, accountDeleted, accountStatusKinds } from "../../../src/accounts/account-kinds.ts";
import { workspaceCreated } from "../../../src/workspaces/builds/build-kinds.ts";
import { templateDeleted, templateDeprecated } from "../../../src/workspaces/templates/template-kinds.ts";

const target = { id: "u-mia", username: "mia", name: "Mia M", email: "mia@example.com" };
const initiator = { id: "u-ada", username: "ada", name: "" };
const personRead = (userId: string) => ({
  userId,
  username: userId,
  name: "",
  email: "",
  status: "active" as const,
  disabled: null,
  ownActionsNotify: false,
  quietHours: null,
  timeZone: null,
  digest: null,
  ownReceivers: null,
  inDigest: null,
  disabledMethods: null,
  addedMethods: null,
  mutes: null,
  rules: "[]",
  roles: "[]",
  hasPush: 0,
});
const user = { id: "u-mia", name: "Mia M", email: "mia@example.com" };
const change = { target, initiator, identity: "i" };
const admins = { roles: ["owner", "user-admin"], exclude: ["u-mia"] };
const self = { people: [{ id: "u-mia", why: "own_account" }] };

describe("what becomes of an account", () => {
  test.each([
    ["made", accountCreated.event(change, []), "created", admins],
    ["removed", accountDeleted.event(change, []), "deleted", admins],
    ["suspended", accountStatusKinds.suspended.admins.event(change, []), "suspended", admins],
    ["activated", accountStatusKinds.active.admins.event(change, []), "activated", admins],
  ])("%s notifies those who administer accounts", (_, event, what, recipients) => {
    expect(event).toMatchObject({ targets: ["u-mia"], identity: "i", recipients });
    expect(event.labels).toEqual({
      [`${what}_account_name`]: "mia",
      [`${what}_account_user_name`]: "Mia M",
      initiator: "ada",
    });
    expect(event.data).toEqual({ user });
  });

  test.each([
    ["suspended", "suspended"],
    ["active", "activated"],
  ] as const)("%s is sent to the person", (status, what) => {
    const named = { ...change, initiator: { ...initiator, name: "Ada L" } };
    const own = accountStatusKinds[status].user.event(named, []);
    expect(own).toMatchObject({ recipients: self, targets: ["u-mia"], identity: "i", data: { user } });
    expect(own.labels).toEqual({
      [`${what}_account_name`]: "mia",
      [`${what}_account_user_name`]: "Mia M",
      initiator: "Ada L",
    });
  });
});

describe("what becomes of a template", () => {
  const facts = {
    template: { id: "t", name: "docker", displayName: "", organizationId: "o", organizationName: "default" },
    initiator,
  };

  test("deleted: to owners and template admins, but not to the initiator", () => {
    expect(templateDeleted.event(facts, [])).toMatchObject({
      labels: { name: "docker", initiator: "ada" },
      targets: ["t", "o"],
      identity: "t",
      recipients: { roles: templateAdminRoles, exclude: ["u-ada"] },
    });
    const shown = { ...facts.template, displayName: "Docker containers" };
    expect(templateDeleted.event({ ...facts, template: shown }, []).labels["name"]).toBe("Docker containers");
  });

  test("deprecated: to each who uses it", () => {
    expect(
      templateDeprecated.event(
        { ...facts, initiatorId: "u-ada", message: "Old.", identity: "i" },
        ["a", "b"].map(personRead),
      ),
    ).toMatchObject({
      labels: { template: "docker", message: "Old.", organization: "default" },
      initiatorId: "u-ada",
      targets: ["t", "o"],
      identity: "i",
      recipients: {
        people: [
          { id: "a", why: "uses_template" },
          { id: "b", why: "uses_template" },
        ],
      },
    });
  });
});

test("a new workspace: to owners and template admins, but not to the initiator; what is sensitive is masked", () => {
  const event = workspaceCreated.event(
    {
      buildId: "b",
      workspace: { id: "w", name: "web" },
      template: { id: "t", name: "docker" },
      version: { id: "v", name: "v1" },
      organizationId: "o",
      owner: { ...target, email: "mia@example.com" },
      initiator,
      parameters: [{ name: "key", value: "secret" }],
      definitions: [{ name: "key", sensitive: true }],
    },
    [],
  );
  expect(event).toMatchObject({
    labels: { workspace: "web", template: "docker", version: "v1", workspace_owner_username: "mia" },
    targets: ["w", "u-mia", "t", "o"],
    identity: "b",
    recipients: { roles: templateAdminRoles, exclude: ["u-ada"] },
    data: {
      owner: { id: "u-mia", name: "Mia M", email: "mia@example.com" },
      parameters: [{ name: "key", value: "********" }],
    },
  });
});
