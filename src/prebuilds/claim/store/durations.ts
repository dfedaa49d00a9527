// SQL of what a build is that is about to succeed, for how long it took.
import { eq } from "drizzle-orm";
import { query } from "../../../../db/client.ts";
import { organizations, presets, templates, workspaceBuilds, workspaces } from "../../../../db/schema.ts";

export const findTimedBuild = (buildId: string) =>
  query
    .select({
      stage: workspaceBuilds.stage,
      transition: workspaceBuilds.transition,
      number: workspaceBuilds.number,
      createdAt: workspaceBuilds.createdAt,
      organization: organizations.name,
      template: templates.name,
      preset: presets.name,
    })
    .from(workspaceBuilds)
    .innerJoin(workspaces, eq(workspaces.id, workspaceBuilds.workspaceId))
    .innerJoin(templates, eq(templates.id, workspaces.templateId))
    .innerJoin(organizations, eq(organizations.id, workspaces.organizationId))
    .leftJoin(presets, eq(presets.id, workspaceBuilds.presetId))
    .where(eq(workspaceBuilds.id, buildId));
