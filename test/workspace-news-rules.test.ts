// The pure rules of what happens to workspaces and is told: which events, of what, and whom they concern.
import { describe, expect, test } from "vitest";
import { buildReasons, transitions } from "../db/schema.ts";
import { templateAdmins } from "../src/notifications/rules/audience.ts";
import {
  eventsOfFailure,
  eventsOfSuccess,
  excerptOf,
  longestExcerpt,
  type EndedBuild,
} from "../src/workspaces/rules/ending.ts";

const ended: EndedBuild = {
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
  templateName: "docker",
  versionName: "v2",
};
const byOwner = { initiatorId: "u-mia", initiatorName: "mia" };
const byPool = { initiatorId: "pool", initiatorName: "prebuilds", initiatorIsSystem: true };
const ofPool = { ownerId: "pool", ownerName: "prebuilds", ownerIsSystem: true };
const toOwner = { people: [{ id: "u-mia", why: "workspace_owner" }] };

describe("the end of a build", () => {
  test("that succeeded is news when somebody else deleted somebody's workspace, and else never", () => {
    for (const reason of buildReasons) {
      for (const transition of transitions) {
        const told = (change: Partial<EndedBuild>) =>
          eventsOfSuccess({ ...ended, reason, transition, ...change }).map(({ kind, circle }) => [
            kind,
            circle,
          ]);
        expect(told({})).toEqual(transition === "delete" ? [["workspaceDeleted", toOwner]] : []);
        expect(told(byOwner)).toEqual([]);
        expect(told(ofPool)).toEqual([]);
        expect(told({ ...ofPool, ...byPool })).toEqual([]);
      }
    }
  });

  test.each<[string, Partial<EndedBuild>, [string, unknown][]]>([
    ["what somebody asked for", {}, [["manualBuildFailed", templateAdmins]]],
    ["what the owner asked for", byOwner, [["manualBuildFailed", templateAdmins]]],
    ["a claim", { ...byOwner, reason: "prebuild_claim" }, [["manualBuildFailed", templateAdmins]]],
    ["a start by schedule", { reason: "autostart" }, [["autobuildFailed", toOwner]]],
    [
      "a start by schedule in the owner's name",
      { ...byOwner, reason: "autostart" },
      [["autobuildFailed", toOwner]],
    ],
    ["a creation of a pool", { ...ofPool, ...byPool, reason: "prebuild" }, []],
    ["a pool's deletion", { ...ofPool, ...byPool, reason: "prebuild", transition: "delete" }, []],
    ["a claim that the pool itself began", { ...byPool, reason: "prebuild_claim" }, []],
    ["an admin's deletion of a pool's workspace", ofPool, [["manualBuildFailed", templateAdmins]]],
  ])("that failed: %s", (_, change, expected) => {
    const events = eventsOfFailure({ ...ended, ...change }, "x");
    expect(events.map(({ kind, circle }) => [kind, circle])).toEqual(expected);
  });

  test("carries the labels and targets that receivers of Coder's know, and is itself by the build", () => {
    const targets = ["w", "u-mia", "t", "o"];
    expect(eventsOfSuccess({ ...ended, transition: "delete" })[0]).toMatchObject({
      labels: { name: "web", reason: "initiated", initiator: "tess" },
      targets,
      identity: "b7",
      data: { build: { id: "b7", number: 7, transition: "delete" } },
    });
    expect(eventsOfFailure(ended, "no disk")[0]).toMatchObject({
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
    expect(eventsOfFailure({ ...ended, reason: "autostart" }, "x")[0]!.labels).toEqual({
      name: "web",
      reason: "autostart",
    });
  });

  test.each([
    ["one line", "no disk", "no disk"],
    ["the first line that says something", "\n  \n Error: no disk \nat 7", "Error: no disk"],
    ["nothing at all", "\n", ""],
    ["as long as may be", "é".repeat(longestExcerpt), "é".repeat(longestExcerpt)],
    [
      "too long, cut between characters",
      "💥".repeat(longestExcerpt + 1),
      `${"💥".repeat(longestExcerpt - 1)}…`,
    ],
  ])("an error of which is shown: %s", (_, error, shown) => {
    expect(excerptOf(error)).toBe(shown);
  });
});
