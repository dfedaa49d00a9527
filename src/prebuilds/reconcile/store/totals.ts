// SQL of the pools' totals: triggers count in the very writes that make, fail and claim the workspaces.
import { query } from "../../../../db/client.ts";
import { sql } from "drizzle-orm";

export interface TotalsRow {
  templateName: string;
  presetName: string;
  organizationName: string;
  created: number;
  failed: number;
  claimed: number;
}

/** Of templates that are not deleted. */
export const getPrebuildMetrics = () =>
  query.all<TotalsRow>(sql`SELECT t.name AS templateName, p.preset_name AS presetName, o.name AS organizationName,
      p.created, p.failed, p.claimed
    FROM pool_totals p CROSS JOIN templates t ON t.id = p.template_id
      CROSS JOIN organizations o ON o.id = t.organization_id
    WHERE t.deleted_at IS NULL ORDER BY t.seq, p.preset_name`);
