// What is copied of accounts, templates, prebuilds and workspaces.
import { prebuildsUser } from "../../db/schema.ts";
import { aUser, id, kind, type Copies, type Sizes } from "./growth-rows.ts";

/** Status and transition of a latest build; few have failed, however many there are. */
const status = "CASE WHEN n <= 100 THEN 'failed' ELSE 'succeeded' END";
const transition = "CASE WHEN n <= 150 THEN 'stop' ELSE 'start' END";

export function accounts(): Copies[] {
  return [
    {
      table: "users",
      count: "users",
      from: "username = 'bob'",
      but: {
        id: id(kind.user),
        username: "printf('user-%07d', n)",
        email: "printf('user-%07d@example.com', n)",
        email_canonical: "printf('user-%07d@example.com', n)",
        name: "'Person ' || n",
      },
    },
    {
      table: "user_roles",
      count: "templates",
      from: "true",
      but: { user_id: id(kind.user), role: "CASE n % 3 WHEN 0 THEN 'auditor' ELSE 'template-admin' END" },
    },
    {
      table: "user_groups",
      count: "users",
      from: "name = 'spare'",
      but: { id: id(kind.group), name: "printf('group-%07d', n)" },
    },
    {
      table: "user_group_members",
      count: "users",
      from: "true",
      but: { user_id: id(kind.user) },
    },
    {
      table: "api_keys",
      count: "users",
      from: "true",
      but: {
        id: "printf('%010x', n)",
        user_id: id(kind.user),
        kind: "'token'",
        name: "'token-' || n",
      },
    },
    {
      table: "notification_mutes",
      count: "users",
      from: "true",
      but: { id: id(kind.mute), user_id: id(kind.user) },
    },
    {
      table: "audit_entries",
      count: "audit",
      from: "true",
      but: { id: id(kind.audit), action: "'login'", at: "1 + n" },
    },
  ];
}

export function templates(ids: Record<string, string>): Copies[] {
  return [
    {
      table: "templates",
      count: "templates",
      from: `id = '${ids["templates"]}'`,
      but: { id: id(kind.template), name: "printf('template-%06d', n)", active_version_id: id(kind.version) },
    },
    {
      table: "template_versions",
      count: "templates",
      from: `id = '${ids["templateversions"]}'`,
      but: { id: id(kind.version), template_id: id(kind.template), name: "'v1'" },
    },
    {
      table: "template_versions",
      count: "templates",
      from: `id = '${ids["templateversions"]}'`,
      but: { id: id(kind.further), name: "printf('version-%06d', n)" },
    },
    {
      table: "presets",
      count: "pools",
      from: `id = '${ids["presets"]}'`,
      but: { id: id(kind.preset), version_id: id(kind.version), name: "'pool'" },
    },
  ];
}

export function workspaces(ids: Record<string, string>, sizes: Sizes): Copies[] {
  const one = `id = '${ids["workspaces"]}'`;
  const build = `id = '${ids["workspacebuilds"]}'`;
  const ofWorkspaces = (
    name: string,
    [workspace, its]: [number, number],
    count: keyof Sizes,
    more: Record<string, Record<string, string>> = {},
  ): Copies[] => [
    {
      table: "workspaces",
      count,
      from: one,
      but: { id: id(workspace), name: `'${name}-' || n`, latest_build_id: id(its), ...more["workspace"] },
    },
    {
      table: "workspace_builds",
      count,
      from: build,
      but: {
        id: id(its),
        workspace_id: id(workspace),
        number: "20",
        acquire_id: "NULL",
        status,
        transition,
        has_ai_task: "n % 2",
        ...more["build"],
      },
    },
  ];
  return [
    ...ofWorkspaces("mine", [kind.mine, kind.mineBuild], "workspaces"),
    ...ofWorkspaces("theirs", [kind.theirs, kind.theirsBuild], "workspaces", {
      workspace: { owner_id: aUser(sizes) },
    }),
    ...ofWorkspaces("prebuild", [kind.pool, kind.poolBuild], "pools", {
      workspace: { owner_id: `'${prebuildsUser.id}'`, template_id: id(kind.template) },
      build: {
        version_id: id(kind.version),
        preset_id: id(kind.preset),
        stage: "'create'",
        status: "'succeeded'",
        transition: "'start'",
        has_ai_task: "0",
      },
    }),
    {
      table: "workspace_builds",
      count: "builds",
      from: build,
      but: { id: id(kind.further), number: "n + 100", acquire_id: "NULL", status: "'succeeded'" },
    },
    {
      table: "workspace_builds",
      count: "pastBuilds",
      from: build,
      but: {
        id: id(kind.past),
        workspace_id: id(kind.theirs, `1 + n % ${sizes.workspaces}`),
        number: "-n",
        acquire_id: "NULL",
        status: "'succeeded'",
      },
    },
    {
      table: "workspace_resources",
      count: "workspaces",
      from: "true",
      but: { id: id(kind.resource), build_id: id(kind.mineBuild) },
    },
    {
      table: "workspace_agents",
      count: "workspaces",
      from: "true",
      but: { id: id(kind.agent), resource_id: id(kind.resource), build_id: id(kind.mineBuild) },
    },
    {
      table: "workspace_apps",
      count: "workspaces",
      from: "true",
      but: { id: id(kind.app), agent_id: id(kind.agent) },
    },
    {
      table: "workspace_app_statuses",
      count: "workspaces",
      from: "true",
      but: { id: id(kind.status), app_id: id(kind.app), workspace_id: id(kind.mine) },
    },
    {
      table: "workspace_app_statuses",
      count: "workspaces",
      from: `workspace_id = '${ids["workspaces"]}'`,
      but: { id: id(kind.further) },
    },
    {
      table: "build_logs",
      count: "workspaces",
      from: "true",
      but: { id: id(kind.log), build_id: id(kind.mineBuild) },
    },
  ];
}
