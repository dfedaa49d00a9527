// The memory of drift against a model that is written down as one thinks of it: many claims of any kind, counted by hand.
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { insertRows } from "../../db/rows.ts";
import { resourceReplacements, workspaceBuilds, workspaces } from "../../db/schema.ts";
import { driftOf, driftReads } from "../../src/prebuilds/drift/drift.ts";
import { listReplaced } from "../../src/prebuilds/drift/store/drift.ts";
import { signInFirst, startTestServer } from "../support/server.ts";
import { noServer, startLibsqlServer } from "../support/sqld.ts";
import { addTemplate, addVersion, organizationOf } from "../support/workspaces.ts";

const resources = ["a_b.c", "a_b.d[0]", "ü.é"];
const build = fc.record({
  version: fc.nat(2),
  preset: fc.nat(1),
  stage: fc.constantFrom("claim" as const, "claim" as const, "create" as const, "none" as const),
  status: fc.constantFrom("succeeded" as const, "failed" as const, "running" as const),
  hasPlan: fc.boolean(),
  /** Whether the claim itself names the preset, or only the workspace's first build. */
  names: fc.boolean(),
  replaced: fc.array(fc.tuple(fc.constantFrom(...resources), fc.constantFrom("x", "y", null)), {
    maxLength: 4,
  }),
});

async function compare(environment: Record<string, string> = {}) {
  const server = await startTestServer({ environment });
  const { userId } = await signInFirst(server);
  const presets = () =>
    ["p0", "p1"].map((name) => ({ id: randomUUID(), name, parameters: [], instances: 1 }));
  const byVersion = [presets(), presets(), presets()];
  const { templateId, versionId } = await addTemplate(server, userId, "docker", { presets: byVersion[0]! });
  const versions = [
    versionId,
    await addVersion(server, userId, templateId, { presets: byVersion[1]! }),
    await addVersion(server, userId, templateId, { presets: byVersion[2]! }),
  ];
  // Another template's claims are none of this one's.
  const other = await addTemplate(server, userId, "other");
  const organizationId = await organizationOf(server);
  const builds = fc
    .sample(build, { numRuns: 120, seed: 7 })
    .map((one, at) => ({ ...one, at, id: randomUUID() }));
  const own = { ownerId: userId, organizationId, automaticUpdates: "never" as const };
  const of = {
    initiatorId: userId,
    reason: "initiator" as const,
    agentGeneration: "g",
    hasAiTask: false,
    priority: 0,
  };
  await server.db.write(
    builds.flatMap((one) => {
      const times = { createdAt: one.at, updatedAt: one.at };
      const workspaceId = randomUUID();
      const isOther = one.at % 10 === 9;
      const version = isOther ? other.versionId : versions[one.version]!;
      const presetId = isOther ? null : byVersion[one.version]![one.preset]!.id;
      const common = { ...times, ...of, workspaceId, versionId: version, transition: "start" as const };
      const planReceivedAt = one.hasPlan ? 1_000 + one.at : null;
      const { id, stage, status } = one;
      return [
        ...insertRows(workspaces, [
          {
            ...times,
            ...own,
            id: workspaceId,
            templateId: isOther ? other.templateId : templateId,
            name: `w${one.at}`,
            lastUsedAt: 0,
          },
        ]),
        ...insertRows(workspaceBuilds, [
          {
            ...common,
            id: randomUUID(),
            number: 1,
            stage: "create" as const,
            status: "succeeded" as const,
            presetId,
          },
        ]),
        ...insertRows(workspaceBuilds, [
          {
            ...common,
            id,
            number: 2,
            stage,
            status,
            presetId: one.names ? presetId : null,
            planReceivedAt,
            completedAt: 2_000 + one.at,
          },
        ]),
        ...insertRows(
          resourceReplacements,
          one.replaced.map(([address, path], position) => ({ buildId: id, position, address, path })),
        ),
      ];
    }),
    {},
  );
  const report = driftOf(await server.db.read(driftReads(templateId)));
  const claims = builds.filter(
    (one) => one.at % 10 !== 9 && one.stage === "claim" && (one.hasPlan || one.status === "succeeded"),
  );
  const timeOf = (one: (typeof builds)[number]) => (one.hasPlan ? 1_000 : 2_000) + one.at;
  const newest = (of: typeof builds) => (of.length === 0 ? null : Math.max(...of.map(timeOf)));
  const expected = [2, 1, 0].flatMap((version) =>
    [0, 1].map((preset) => {
      const all = claims.filter((one) => one.version === version && one.preset === preset);
      const affected = all.filter(({ replaced }) => replaced.length > 0);
      return {
        version: { id: versions[version], isActive: version === 0 },
        preset: { id: byVersion[version]![preset]!.id, name: `p${preset}` },
        claims: all.length,
        affected: affected.length,
        claimedAt: newest(all),
        affectedAt: newest(affected),
        resources: resources
          .map((resource) => {
            const by = affected.filter(({ replaced }) => replaced.some(([address]) => address === resource));
            const paths = by.flatMap(({ replaced }) =>
              replaced.flatMap(([address, path]) => (address === resource && path !== null ? [path] : [])),
            );
            return {
              resource,
              paths: [...new Set(paths)].toSorted(),
              claims: by.length,
              affectedAt: newest(by),
            };
          })
          .filter(({ claims }) => claims > 0)
          .toSorted((a, b) => b.claims - a.claims || (a.resource < b.resource ? -1 : 1)),
      };
    }),
  );
  expect(expected.every(({ affected }) => affected > 0)).toBe(true);
  expect(report).toMatchObject(expected);
  expect(report).toHaveLength(6);
  // What the message of each build says comes in the order of the plan, the resources with paths first.
  for (const { id, replaced } of builds.slice(0, 20)) {
    const { rows } = await server.db.read({ rows: listReplaced(id, 2) });
    const byAddress = Map.groupBy(replaced.entries(), ([, [address]]) => address);
    const pathsOf = (address: string) => byAddress.get(address)!.map(([at, [, path]]) => [at, path]);
    const isNamed = (address: string) => pathsOf(address).some(([, path]) => path !== null);
    const addresses = [...byAddress.keys()].toSorted((a, b) => Number(isNamed(b)) - Number(isNamed(a)));
    expect(
      rows.map(({ address, paths }) => [
        address,
        (JSON.parse(paths) as [number, string][]).toSorted(([a], [b]) => a - b),
      ]),
    ).toEqual(addresses.slice(0, 2).map((address) => [address, pathsOf(address)]));
    expect(rows.every(({ total }) => total === addresses.filter(isNamed).length)).toBe(true);
  }
}

test("What claims met is counted by version and preset as one would count by hand", () => compare());

test.skipIf(noServer)("The same on a libSQL server", async () => {
  const libsql = await startLibsqlServer();
  onTestFinished(() => libsql.stop());
  await compare({ BELFRY_DATABASE_URL: libsql.url });
});
