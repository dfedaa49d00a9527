// Drift of a template's claims by version and preset, the latest version first.
import { remedyFor, type Remedy } from "./remedy.ts";
import { compare, type Replacement } from "./terraform-plan.ts";

export interface Claims {
  versionId: string;
  versionName: string;
  versionSeq: number;
  isActive: number;
  presetId: string | null;
  presetName: string | null;
  claims: number;
  affected: number;
  claimedAt: number | null;
  affectedAt: number | null;
  /** When it was marked as fixed; only later claims count. */
  fixedAt: number | null;
}

export interface AffectedResource {
  versionId: string;
  presetId: string | null;
  address: string;
  /** JSON array of texts and nulls. */
  paths: string;
  reason: string | null;
  claims: number;
  affectedAt: number;
}

export interface DriftEntry {
  version: { id: string; name: string; isActive: boolean };
  /** Null when the workspaces were of none. */
  preset: { id: string; name: string } | null;
  claims: number;
  /** Those that recreated a resource. */
  affected: number;
  claimedAt: number | null;
  affectedAt: number | null;
  fixedAt: number | null;
  resources: (Replacement & { claims: number; affectedAt: number })[];
  remedy: Remedy;
}

/** Of each pool that could be claimed from now there is an entry, also before its first claim. */
export function driftReport(
  claims: readonly Claims[],
  pools: readonly Claims[],
  affected: readonly AffectedResource[],
): DriftEntry[] {
  const isSame = (a: { versionId: string; presetId: string | null }, b: typeof a) =>
    a.versionId === b.versionId && a.presetId === b.presetId;
  const unclaimed = pools.filter((pool) => !claims.some((one) => isSame(one, pool)));
  return [...claims, ...unclaimed]
    .toSorted((a, b) => b.versionSeq - a.versionSeq || compare(a.presetName ?? "", b.presetName ?? ""))
    .map((one) => {
      const resources = affected
        .filter((row) => isSame(row, one))
        .map(({ address, paths, reason, claims, affectedAt }) => ({
          resource: address,
          reason: reason ?? "",
          paths: (JSON.parse(paths) as (string | null)[]).filter((path) => path !== null).toSorted(compare),
          claims,
          affectedAt,
        }));
      return {
        version: { id: one.versionId, name: one.versionName, isActive: one.isActive === 1 },
        preset: one.presetId === null ? null : { id: one.presetId, name: one.presetName ?? "" },
        claims: one.claims,
        affected: one.affected,
        claimedAt: one.claimedAt,
        affectedAt: one.affectedAt,
        fixedAt: one.fixedAt,
        resources,
        remedy: remedyFor(resources),
      };
    });
}
