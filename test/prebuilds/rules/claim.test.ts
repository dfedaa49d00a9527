// Metrics, notification and report of claims, without a server.
import { expect, test } from "vitest";
import type { Addition } from "../../../src/kernel/rules/metrics.ts";
import {
  durationOf,
  prebuildFamilies,
  replacementLabels,
  replacementsTotal,
  type TimedBuild,
} from "../../../src/prebuilds/claim/rules/claim-metrics.ts";
import { driftEvent, type Claim } from "../../../src/prebuilds/drift/rules/drift-event.ts";
import { noticeBudget, remedyFor, takeFitting } from "../../../src/prebuilds/drift/rules/remedy.ts";
import { formatGoValue, withinStorageLimits } from "../../../src/prebuilds/drift/rules/terraform-plan.ts";
import { driftReport, type Claims } from "../../../src/prebuilds/drift/rules/drift-report.ts";

const claim: Claim = {
  number: 2,
  workspaceId: "w",
  workspaceName: "dev",
  ownerId: "u",
  ownerName: "ada",
  organizationId: "o",
  organizationName: "acme",
  templateId: "t",
  templateName: "docker",
  versionId: "v",
  versionName: "v1",
  presetId: "p",
  presetName: "small",
};

const build: TimedBuild = {
  stage: "none",
  transition: "start",
  number: 1,
  createdAt: 1_000,
  organization: "acme",
  template: "docker",
  preset: "small",
};

test.each([
  [{}, "coderd_workspace_creation_duration_seconds", { type: "regular", preset_name: "small" }],
  [{ preset: null }, "coderd_workspace_creation_duration_seconds", { type: "regular", preset_name: "" }],
  [{ stage: "create" }, "coderd_workspace_creation_duration_seconds", { type: "prebuild" }],
  [{ stage: "claim", number: 2 }, "coderd_prebuilt_workspace_claim_duration_seconds", {}],
] as const)("the duration of a build with %j counts for %s", (more, name, labels) => {
  const [[counter, text, count, seconds]] = durationOf({ ...build, ...more }, 6_000) as [Addition];
  expect([counter, count, seconds]).toEqual([`${name}_bucket`, 1, 5]);
  expect(JSON.parse(text)).toMatchObject({ organization_name: "acme", template_name: "docker", ...labels });
});

test.each([{ transition: "stop" }, { number: 2 }])("a build with %j counts no duration", (more) => {
  expect(durationOf({ ...build, ...more }, 6_000)).toEqual([]);
});

test("the families have a counter and two histograms, also before the first claim", () => {
  const families = prebuildFamilies([
    { name: replacementsTotal, labels: JSON.stringify(replacementLabels(claim)), value: 3, sum: 0 },
  ]);
  expect(families.map(({ type }) => type)).toEqual(["counter", "histogram", "histogram"]);
  expect(families[0]!.samples).toEqual([
    {
      labels: { organization_name: "acme", preset_name: "small", template_name: "docker" },
      value: 3,
    },
  ]);
});

test("the notification names the resources with their paths, and counts those without room", () => {
  const replaced = [
    { resource: "docker_container.dev", paths: ["env", "image"], reason: "" },
    { resource: "docker_volume.home", paths: [`name${"x".repeat(2_000)}`], reason: "" },
    { resource: "docker_image.main", paths: [], reason: "replace_by_request" },
  ];
  const { labels, data, targets, identity } = driftEvent("b", claim, replaced, 7);
  expect(labels).toMatchObject({ claimant: "ada", preset: "small", workspace_build_num: "2" });
  expect(Object.keys(data.replacements)).toEqual(["docker_container.dev", "docker_volume.home"]);
  expect(data.replacements["docker_container.dev"]).toBe("env, image");
  expect(data.replacements["docker_volume.home"]).toMatch(/^name(x{996})…$/);
  expect(data.more).toBe(5);
  expect(data.notes).toContainEqual(expect.stringContaining("docker_image.main"));
  expect(data.cure).toContain("ignore_changes = [env, image]");
  expect([targets.length, identity]).toEqual([6, "b"]);
});

const claims = (versionSeq: number, more: Partial<Claims> = {}): Claims => ({
  versionId: `v${versionSeq}`,
  versionName: `v${versionSeq}`,
  versionSeq,
  isActive: 0,
  presetId: "p",
  presetName: "small",
  claims: 1,
  affected: 0,
  claimedAt: 5,
  affectedAt: null,
  fixedAt: null,
  ...more,
});

test("the report has an entry for each version and preset, latest first, and for unclaimed pools", () => {
  const report = driftReport(
    [
      claims(1, { affected: 1, affectedAt: 4 }),
      claims(2, { presetId: null, presetName: null }),
      claims(2, { presetName: null, presetId: "q" }),
      claims(2),
    ],
    [claims(2, { claims: 0 }), claims(2, { presetId: "l", presetName: "large", isActive: 1, claims: 0 })],
    [
      {
        versionId: "v1",
        presetId: "p",
        address: "a_b.c",
        paths: '["z",null,"x"]',
        reason: null,
        claims: 1,
        affectedAt: 4,
      },
      {
        versionId: "v1",
        presetId: "p",
        address: "a_b.d",
        paths: "[null]",
        reason: "replace_by_request",
        claims: 1,
        affectedAt: 3,
      },
    ],
  );
  expect(report.map(({ version, preset }) => [version.id, preset?.name])).toEqual([
    ["v2", undefined],
    ["v2", ""],
    ["v2", "large"],
    ["v2", "small"],
    ["v1", "small"],
  ]);
  expect(report[4]!.resources).toEqual([
    { resource: "a_b.c", paths: ["x", "z"], reason: "", claims: 1, affectedAt: 4 },
    { resource: "a_b.d", paths: [], reason: "replace_by_request", claims: 1, affectedAt: 3 },
  ]);
  expect(report[4]!.remedy.snippet).toContain("ignore_changes = [x, z]");
});

test("at most 20,000 paths and a million characters of a plan are stored, whole resources only", () => {
  const resource = (paths: string[]) => ({ resource: "a_b.c", paths, reason: "" });
  const few = [resource([]), resource(["x"])];
  expect(withinStorageLimits(few)).toEqual(few);
  const many = [...few, resource(Array(19_998).fill("x")), resource(["x"])];
  expect(withinStorageLimits(many)).toEqual(many.slice(0, 3));
  const long = [...few, resource(["x".repeat(1_000_000)]), resource(["x"])];
  expect(withinStorageLimits(long)).toEqual(few);
});

test("a remedy keeps whole blocks within its budget, and says how many more there are", () => {
  const replaced = (name: string, attributes: number) => ({
    resource: `a_b.${name}`,
    paths: Array.from({ length: attributes }, (_, at) => `attribute_with_a_long_name_${at}`),
    reason: "",
  });
  expect(remedyFor([replaced("c", 50)]).snippet).not.toContain("# and");
  expect(remedyFor([replaced("c", 52)]).snippet).toContain("      # and 2 more");
  const all = Array.from({ length: 20 }, (_, at) => replaced(`c${at}`, 40));
  const { snippet, notes } = remedyFor(all, noticeBudget);
  expect(Buffer.byteLength(snippet)).toBeLessThanOrEqual(noticeBudget.snippet);
  const left = 20 - snippet.split("resource ").length + 1;
  expect(notes).toContain(`${left} more blocks of the template need the same change.`);
  expect(takeFitting([3, 4, 5], 7, (size) => size)).toEqual([3, 4]);
  expect(takeFitting([3, 4], 7, (size) => size)).toEqual([3, 4]);
});

test("values are formatted with sorted keys, and numbers beyond the range of doubles too", () => {
  expect(formatGoValue({ a: 1, b: [2], c: null })).toBe("map[a:1 b:[2] c:<nil>]");
  expect(formatGoValue({ c: null, b: [2], a: 1 })).toBe("map[a:1 b:[2] c:<nil>]");
  expect(formatGoValue(JSON.parse("1e999"))).toBe("Infinity");
});
