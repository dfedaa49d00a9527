// What Coder's server posts to a webhook, byte for byte as Go writes it: the envelope 1.1 round the payload 1.2.
import { randomUUID } from "node:crypto";
import { coderKinds } from "./coder-kinds.ts";

/** Kinds that Coder has, or has had, and Belfry doesn't: id, name, labels, data. */
export const unknownKinds: readonly [id: string, name: string, labels: string, data?: object][] = [
  ["0ea69165-ec14-4314-91f1-69566ac3c5a0", "Workspace Marked as Dormant", "name reason timeTilDelete"],
  [
    "51ce2fdf-c9ca-4be1-8d70-628674f9bc42",
    "Workspace Marked for Deletion",
    "name reason dormancyHours timeTilDormant",
  ],
  ["6f6cb984-c167-4fa5-bb87-1058dd642779", "Workspace Autostop Reminder", "workspace timeTilShutdown"],
  ["a9d027b4-ac49-4fb1-9f6d-45af15f64e7a", "Workspace Out Of Memory", "workspace threshold"],
  [
    "f047f6a3-5713-40f7-85aa-0394cce9fa3a",
    "Workspace Out Of Disk",
    "workspace",
    { volumes: [{ path: "/home/coder", threshold: "90%" }] },
  ],
  [
    "34a20db2-e9cc-4a93-b0e4-8569699d7a00",
    "Report: Workspace Builds Failed",
    "",
    {
      report_frequency: "week",
      templates: [
        {
          name: "docker",
          display_name: "Docker",
          failed_builds: 4,
          total_builds: 11,
          versions: [
            {
              template_version_name: "v2",
              failed_count: 4,
              failed_builds: [
                {
                  workspace_owner_username: "mia",
                  workspace_name: "web",
                  workspace_id: "24f5bd8f-1566-4374-9734-c3efa0454dc7",
                  build_number: 7,
                },
              ],
            },
          ],
        },
      ],
    },
  ],
  ["2a74f3d3-ab09-4123-a4a5-ca238f4f65a1", "Task Paused", "task task_id workspace pause_reason"],
  ["843ee9c3-a8fb-4846-afa9-977bec578649", "Task Resumed", "task task_id workspace"],
  [
    "764031be-4863-4220-867b-6ce1a1b7a5f5",
    "Chats Auto-Archived",
    "",
    {
      archived_chats: [{ title: "Fix <b>", last_activity_humanized: "3 days ago" }],
      auto_archive_days: 3,
      retention_days: 30,
    },
  ],
  ["b789bd75-d7c6-4cab-9757-1147ab184903", "Chat Shared", "chat"],
  ["3f1c6d8a-5b2e-4f7a-9c0d-7e8b2a4c6d1f", "Chat Project Shared", "project"],
  [
    "b5db9597-de2a-4dea-87e9-25cee6906b86",
    "AI Budget Warning",
    "effective_group_name limit period period_start period_end threshold",
  ],
  ["cdcf2ecd-f003-4169-9800-abb2661ea522", "AI Budget Limit Reached", "limit"],
  ["2a7b0ac1-00e1-4625-9cd5-1e5933972c77", "AI Budget Warning (Admin)", "limit"],
  ["0bafe0ea-a78b-4217-ad05-1ef12e92e025", "AI Budget Limit Reached (Admin)", "limit"],
  ["1b7d9fa7-f5a8-4e46-8078-5cf53abfed94", "AI Unpriced Models Report", "", { models: ["m-1"] }],
];

export const passcodeKindId = "62f86a30-2330-4b61-a26d-311ff3b608cf";
export const coderUrl = "https://coder.example.com";

export interface CoderEnvelope {
  _version: string;
  msg_id?: string;
  payload: CoderPayload;
  title: string;
  title_markdown?: string | undefined;
  body: string;
  body_markdown?: string | undefined;
}
export interface CoderPayload {
  _version: string;
  notification_name: string;
  notification_template_id: string;
  user_id: string;
  user_email: string;
  user_name: string;
  user_username: string;
  actions: { label: string; url: string }[] | null;
  labels: Record<string, string> | null;
  data: object | null;
  targets: string[] | null;
}

/** Of the source of those who test with everybody. */
export const sourceSecret = "S".repeat(43);

/** Coder's id of mia. */
export const miaInCoder = "6f5b9c4e-8f1f-4a35-9d2f-0a3d7f1f2b11";

/** A message for mia; of a kind that Belfry has unless `payload` names another. */
export function coderMessage(
  payload: Partial<CoderPayload> = {},
  envelope: Partial<CoderEnvelope> = {},
): CoderEnvelope & { msg_id: string } {
  return {
    _version: "1.1",
    msg_id: randomUUID(),
    payload: {
      _version: "1.2",
      notification_name: "Workspace Deleted",
      notification_template_id: "f517da0b-cdc9-410f-ab89-a86107c420ed",
      user_id: miaInCoder,
      user_email: "mia@example.com",
      user_name: "Mia Coder",
      user_username: "mia",
      actions: [{ label: "View workspaces", url: `${coderUrl}/workspaces` }],
      labels: { initiator: "autobuild", name: "web", reason: "autodeleted due to dormancy" },
      data: null,
      targets: ["24f5bd8f-1566-4374-9734-c3efa0454dc7"],
      ...payload,
    },
    title: "Workspace “web” deleted",
    title_markdown: "Workspace “web” deleted",
    body: "Your workspace web was deleted.",
    body_markdown: "Your workspace **web** was deleted.",
    ...envelope,
  } as CoderEnvelope & { msg_id: string };
}

/** As Go's encoder writes it: keys of maps sorted, and `<`, `>`, `&` escaped. */
export const goJson = (value: unknown): string =>
  JSON.stringify(value, (_name, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member) && !("_version" in member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  ).replaceAll(/[<>&\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);

const labelsOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, `the ${name}`]));

/** One message of each kind but passcodes, with every label that it has. */
export function eachKind(): [name: string, message: ReturnType<typeof coderMessage>][] {
  const shared = Object.entries(coderKinds)
    .filter(([id]) => id !== passcodeKindId)
    .map(([id, { name, labels, actions }]): [string, Partial<CoderPayload>] => [
      name,
      {
        notification_template_id: id,
        labels: labelsOf(labels),
        actions: actions.map(([label, path]) => ({ label, url: coderUrl + path.replaceAll(/[{}]/g, "") })),
      },
    ]);
  const others = unknownKinds.map(([id, name, labels, data = null]): [string, Partial<CoderPayload>] => [
    name,
    {
      notification_template_id: id,
      labels: labelsOf(labels.split(" ").filter(Boolean)),
      data,
      actions: null,
    },
  ]);
  return [...shared, ...others].map(([name, payload]) => [
    name,
    coderMessage(
      { notification_name: name, ...payload },
      {
        title: `${name}: web <1> & more`,
        title_markdown: `${name}: **web** \\<1> & more`,
        body: `${name} happened. See ${coderUrl}/x.`,
        body_markdown: `${name} {{ labels.name }} happened. See [here](${coderUrl}/x).`,
      },
    ),
  ]);
}
