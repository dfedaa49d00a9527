// The pure rules of what changes of accounts and templates tell: labels, and whom they concern.
import { describe, expect, test } from "vitest";
import { templateAdmins } from "../src/notifications/rules/audience.ts";
import { creationEvent, deletionEvent, statusEvents } from "../src/accounts/rules/account-events.ts";
import { templateDeletedEvent, templateDeprecatedEvent } from "../src/workspaces/rules/template-events.ts";
import { creationEvent as workspaceCreated } from "../src/workspaces/rules/creation.ts";

const target = { id: "u-mia", username: "mia", name: "Mia M" };
const initiator = { id: "u-ada", username: "ada", name: "" };
const change = { target, initiator, identity: "i" };
const admins = { roles: ["owner", "user-admin"], without: ["u-mia"] };
const self = { people: [{ id: "u-mia", why: "own_account" }] };

describe("what becomes of an account", () => {
  test.each([
    ["made", creationEvent(change), "created", admins],
    ["removed", deletionEvent(change), "deleted", admins],
    ["suspended", statusEvents("suspended", change).admins, "suspended", admins],
    ["activated", statusEvents("active", change).admins, "activated", admins],
  ])("%s is told to who administers accounts", (_, event, what, circle) => {
    expect(event).toMatchObject({ targets: ["u-mia"], identity: "i", circle });
    expect(event.labels).toEqual({
      [`${what}_account_name`]: "Mia M",
      [`${what}_account_user_name`]: "mia",
      initiator: "ada",
    });
  });

  test.each([
    ["suspended", "suspended"],
    ["active", "activated"],
  ] as const)("%s is told to the person, by the name that they go by", (status, what) => {
    const named = statusEvents(status, change).self;
    expect(named).toMatchObject({ circle: self, targets: ["u-mia"], identity: "i" });
    expect(named.labels).toEqual({ [`${what}_account_name`]: "Mia M", initiator: "ada" });
    const nameless = statusEvents(status, { ...change, target: { ...target, name: "" } }).self;
    expect(nameless.labels[`${what}_account_name`]).toBe("mia");
  });
});

describe("what becomes of a template", () => {
  const facts = {
    template: { id: "t", name: "docker" },
    organization: { id: "o", name: "default" },
    initiator: { ...initiator, name: "Ada L" },
  };

  test("deleted: to the template admins, but for whoever did it", () => {
    expect(templateDeletedEvent(facts)).toMatchObject({
      labels: { name: "docker", initiator: "Ada L" },
      targets: ["t", "o"],
      identity: "t",
      circle: { ...templateAdmins, without: ["u-ada"] },
    });
    expect(templateDeletedEvent({ ...facts, initiator }).labels["initiator"]).toBe("ada");
  });

  test("deprecated: to each who uses it", () => {
    expect(
      templateDeprecatedEvent(facts, { message: "Old.", users: ["a", "b"], identity: "i" }),
    ).toMatchObject({
      labels: { template: "docker", message: "Old.", organization: "default" },
      targets: ["t", "o"],
      identity: "i",
      circle: {
        people: [
          { id: "a", why: "uses_template" },
          { id: "b", why: "uses_template" },
        ],
      },
    });
  });
});

test("a new workspace: to the template admins, but for whoever made it; what is sensitive is masked", () => {
  const event = workspaceCreated({
    buildId: "b",
    workspace: { id: "w", name: "web" },
    template: { id: "t", name: "docker" },
    version: { id: "v", name: "v1" },
    organizationId: "o",
    owner: { ...target, email: "mia@example.com" },
    initiator,
    parameters: [{ name: "key", value: "secret" }],
    definitions: [{ name: "key", sensitive: true }],
  });
  expect(event).toMatchObject({
    labels: { workspace: "web", template: "docker", version: "v1", workspace_owner_username: "mia" },
    targets: ["w", "u-mia", "t", "o"],
    identity: "b",
    circle: { ...templateAdmins, without: ["u-ada"] },
    data: {
      owner: { id: "u-mia", name: "Mia M", email: "mia@example.com" },
      parameters: [{ name: "key", value: "********" }],
    },
  });
});
