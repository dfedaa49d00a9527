// The memory of drift, read: the API and the template's page show it.
import type { Answers, SQL } from "../../../db/client.ts";
import { driftReport, type DriftEntry } from "./rules/drift-report.ts";
import { countClaims, listActivePools, listHurt } from "./store/drift.ts";

export const driftReads = (templateId: SQL | string) => ({
  claims: countClaims(templateId),
  pools: listActivePools(templateId),
  hurt: listHurt(templateId),
});

export const driftOf = ({ claims, pools, hurt }: Answers<ReturnType<typeof driftReads>>): DriftEntry[] =>
  driftReport(claims, pools, hurt);
