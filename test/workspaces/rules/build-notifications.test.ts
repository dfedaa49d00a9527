// Rules of notifications about workspaces: which events, of what, and whom they concern.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildReasons, transitions } from "../../../db/schema.ts";
import { templateAdmins } from "../../../src/notifications/outbox/rules/recipients.ts";
import {
  autobuildFailed,
  manualBuildFailed,
  workspaceDeleted,
} from "../../../src/workspaces/jobs/ending-kinds.ts";
import { workspaceUpdated, type RequestedUpdate } from "../../../src/workspaces/builds/build-kinds.ts";
import {
  errorExcerpt,
  failureKind,
  isOthersDeletion,
  maxExcerptLength,
  type EndingBuild,
  isUpdate,
} from "../../../src/workspaces/builds/rules/build-notifications.ts";
import {
  formatNotified,
  parseNotified,
  describeCause,
  describeLeftBehind,
  describeNotified,
  summarizeNotified,
} from "../../../src/workspaces/builds/rules/build-texts.ts";

const ended: EndingBuild = {
  id: "b7",
  number: 7,
  transition: "start",
  reason: "initiator",
  initiatorId: "u-tess",
  initiatorName: "tess",
  initiatorIsSystem: false,
  workspaceId: "w",
  workspaceName: "web",
  organizationId: "o",
  ownerId: "u-mia",
  ownerName: "mia",
  ownerIsSystem: false,
  templateId: "t",
  templateSlug: "docker",
  templateName: "docker",
  versionName: "v2",
};
const byOwner = { initiatorId: "u-mia", initiatorName: "mia" };
const byPool = { initiatorId: "pool", initiatorName: "prebuilds", initiatorIsSystem: true };
const ofPool = { ownerId: "pool", ownerName: "prebuilds", ownerIsSystem: true };
const toOwner = { people: [{ id: "u-mia", why: "workspace_owner" }] };

describe("the end of a build", () => {
  test("that succeeded notifies only when another user deleted the workspace", () => {
    for (const reason of buildReasons) {
      for (const transition of transitions) {
        const isNotified = (change: Partial<EndingBuild>) =>
          isOthersDeletion({ ...ended, reason, transition, ...change });
        expect(isNotified({})).toBe(transition === "delete");
        expect(isNotified(byOwner)).toBe(false);
        expect(isNotified(ofPool)).toBe(false);
        expect(isNotified({ ...ofPool, ...byPool })).toBe(false);
      }
    }
  });

  test.each<[string, Partial<EndingBuild>, ReturnType<typeof failureKind>]>([
    ["what somebody asked for", {}, "manual"],
    ["what the owner asked for", byOwner, "manual"],
    ["a claim", { ...byOwner, reason: "prebuild_claim" }, "manual"],
    ["a start by schedule", { reason: "autostart" }, "autobuild"],
    ["a start by schedule in the owner's name", { ...byOwner, reason: "autostart" }, "autobuild"],
    ["a creation of a pool", { ...ofPool, ...byPool, reason: "prebuild" }, undefined],
    ["a pool's deletion", { ...ofPool, ...byPool, reason: "prebuild", transition: "delete" }, undefined],
    ["a claim that the pool itself began", { ...byPool, reason: "prebuild_claim" }, undefined],
    ["an admin's deletion of a pool's workspace", ofPool, "manual"],
  ])("that failed: %s", (_, change, expected) => {
    expect(failureKind({ ...ended, ...change })).toBe(expected);
  });

  test("carries the labels and targets that receivers of Coder's know, and is itself by the build", () => {
    const targets = ["w", "u-mia", "t", "o"];
    expect(workspaceDeleted.event({ ...ended, transition: "delete" }, [])).toMatchObject({
      recipients: toOwner,
      labels: { name: "web", reason: "initiated by user", initiator: "tess" },
      targets,
      identity: "b7",
      data: { build: { id: "b7", number: 7, transition: "delete" } },
    });
    expect(manualBuildFailed.event({ build: ended, error: "no disk" }, [])).toMatchObject({
      recipients: templateAdmins,
      labels: {
        name: "web",
        template_name: "docker",
        template_version_name: "v2",
        initiator: "tess",
        workspace_owner_username: "mia",
        workspace_build_number: "7",
      },
      targets,
      identity: "b7",
      data: { error: "no disk" },
    });
    const automatic = { ...ended, reason: "autostart" as const };
    expect(autobuildFailed.event({ build: automatic, error: "x" }, [])).toMatchObject({
      labels: { name: "web", reason: "autostart" },
      recipients: toOwner,
    });
  });

  test.each([
    ["one line", "no disk", "no disk"],
    ["the first line that says something", "\n  \n Error: no disk \nat 7", "Error: no disk"],
    ["nothing at all", "\n", ""],
    ["as long as may be", "é".repeat(maxExcerptLength), "é".repeat(maxExcerptLength)],
    [
      "too long, cut between characters",
      "💥".repeat(maxExcerptLength + 1),
      `${"💥".repeat(maxExcerptLength - 1)}…`,
    ],
  ])("an error of which is shown: %s", (_, error, shown) => {
    expect(errorExcerpt(error)).toBe(shown);
  });
});

const requested: RequestedUpdate = {
  id: "b7",
  number: 7,
  transition: "start",
  version: { id: "v2", name: "v2" },
  workspace: { id: "w", name: "web" },
  template: { id: "t", name: "docker" },
  organization: { id: "o", name: "default" },
  owner: { id: "u-mia", username: "mia" },
  initiator: { id: "u-tess", username: "tess", name: "Tess T" },
  parameters: [],
  definitions: [],
};

describe("an update", () => {
  test.each([
    ["another version by name", "v2", "v1", "v2", true],
    ["the version that it has", "v2", "v2", "v2", false],
    ["no version", undefined, "v2", "v2", false],
    ["no version, though it changes", undefined, "v1", "v2", false],
  ])("is a request for %s", (_, asked, previous, next, expected) => {
    expect(isUpdate({ requested: asked, previous, next })).toBe(expected);
  });

  test("notifies the owner, also the initiator, and other admins", () => {
    expect(workspaceUpdated.event(requested, [])).toMatchObject({
      identity: "b7",
      labels: { initiator: "Tess T", version: "v2" },
      recipients: {
        people: [{ id: "u-mia", why: "workspace_owner" }],
        roles: ["template-admin", "owner"],
        exclude: ["u-tess"],
      },
    });
    const nameless = { ...requested, initiator: { ...requested.initiator, name: "" } };
    expect(workspaceUpdated.event(nameless, []).labels["initiator"]).toBe("tess");
  });

  test("never carries a sensitive value, nor more than a message can have", () => {
    const parameter = fc.record({ name: fc.string(), value: fc.string({ maxLength: 200 }) });
    fc.assert(
      fc.property(fc.array(parameter), (parameters) => {
        const definitions = parameters.map(({ name }) => ({ name, sensitive: true }));
        const data = workspaceUpdated.event({ ...requested, parameters, definitions }, []).data!;
        for (const { value } of data["parameters"] as { value: string }[])
          expect(["", "********"]).toContain(value);
      }),
    );
    const huge = Array.from({ length: 500 }, (_, at) => ({ name: `p${at}`, value: "\u0001".repeat(65_536) }));
    const data = workspaceUpdated.event({ ...requested, parameters: huge }, []).data!;
    expect(JSON.stringify(data).length).toBeLessThan(60_000);
    const shown = data["parameters"] as { value: string }[];
    expect(shown[0]!.value).toHaveLength(1_000);
    expect(data["parameters_left_out"]).toBe(500 - shown.length);
  });
});

describe("the summary of recipients", () => {
  const by = (initiatorId: string) => ({ ownerId: "u-mia", initiatorId });
  const message = (userId: string, status = "sent") => ({ userId, status });

  test.each([
    ["the owner's own receipt", [message("u-mia")], "u-mia", "self, admins=0", "Notified: you."],
    [
      "the owner and an admin",
      [message("u-mia"), message("u-a", "pending"), message("u-a")],
      "u-tess",
      "owner, admins=1",
      "Notified: mia (its owner) and 1 administrator.",
    ],
    [
      "the owner's own receipt and two admins",
      [message("u-a"), message("u-b"), message("u-mia")],
      "u-mia",
      "self, admins=2",
      "Notified: you and 2 administrators.",
    ],
    [
      "whoever has switched it off",
      [message("u-mia", "inhibited"), message("u-a", "inhibited")],
      "u-mia",
      "admins=0",
      "Nobody was notified: all recipients disabled this kind.",
    ],
    [
      "by one way and not by another",
      [message("u-a", "inhibited"), message("u-a")],
      "u-mia",
      "admins=1",
      "Notified: 1 administrator.",
    ],
  ])("is counted by person: %s", (_, messages, initiatorId, header, words) => {
    const notified = summarizeNotified(messages, by(initiatorId));
    expect(formatNotified(notified)).toBe(header);
    expect(describeNotified(notified, "mia")).toBe(words);
  });

  test("comes out of the header as it went in", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), fc.nat(), (self, owner, admins) => {
        expect(parseNotified(formatNotified({ self, owner, admins }))).toEqual({ self, owner, admins });
      }),
    );
    expect(parseNotified("something=else")).toEqual({ self: false, owner: false, admins: 0 });
  });
});

test.each([
  ["initiator", "ada", "by ada"],
  ["initiator", "", "by a deleted user"],
  ["autostart", "ada", "by its schedule"],
  ["prebuild", "prebuilds", "created as a prebuilt workspace"],
  ["prebuild_claim", "mia", "claimed by mia"],
] as const)("a build with the reason %s by %j is described: %s", (reason, initiator, text) => {
  expect(describeCause(reason, initiator)).toBe(text);
});

describe("the resources that an orphaned workspace leaves behind", () => {
  const resources = (count: number) => Array.from({ length: count }, (_, index) => `null_resource.r${index}`);
  const first = "ada deleted the workspace without running Terraform.";
  test.each([
    [0, `${first} No resources are known.`],
    [1, `${first} These resources were not destroyed: null_resource.r0.`],
    [50, `${first} These resources were not destroyed: ${resources(50).join(", ")}.`],
    [52, `${first} These resources were not destroyed: ${resources(50).join(", ")} and 2 others.`],
  ])("are listed up to a limit: %i", (count, text) => {
    expect(describeLeftBehind("ada", resources(count))).toBe(text);
  });
});
