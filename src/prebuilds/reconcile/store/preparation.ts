// SQL of what new prebuilt workspaces are built with: the parameters of their versions and the values of their presets.
import { sql } from "drizzle-orm";
import { query, type SQL } from "../../../../db/client.ts";

const among = (ids: readonly string[]): SQL => sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`;

export interface DefinitionRow {
  versionId: string;
  name: string;
  required: number;
  defaultValue: string | null;
}

export const listDefinitionsOf = (versionIds: readonly string[]) =>
  query.all<DefinitionRow>(sql`SELECT version_id AS versionId, name, required, default_value AS defaultValue
    FROM template_parameters WHERE version_id IN ${among(versionIds)} ORDER BY version_id, position`);

export const listValuesOf = (presetIds: readonly string[]) =>
  query.all<{ presetId: string; name: string; value: string }>(sql`SELECT preset_id AS presetId, name, value
    FROM preset_parameters WHERE preset_id IN ${among(presetIds)}`);

/** True in SQL for these presets, where they are called `p`. */
export const isAmong = (presetIds: readonly string[]): SQL => sql`p.id IN ${among(presetIds)}`;
