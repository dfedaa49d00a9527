// Coder's kinds of notification as its receivers know them (2.27): the name, the group, the labels of a message, and its
// actions in order, with labels in braces. Read off what its webhook sends. A kind of ours may have more of each, after these.

export interface CoderKind {
  name: string;
  group: string;
  enabledByDefault: boolean;
  labels: readonly string[];
  /** Label and address; `{label}` and `{user}` stand for what the message carries. */
  actions: readonly (readonly [label: string, path: string])[];
}

const kind = (
  name: string,
  group: string,
  labels: string,
  actions: CoderKind["actions"] = [],
  enabledByDefault = true,
): CoderKind => ({ name, group, enabledByDefault, labels: labels.split(" ").filter(Boolean), actions });

const activeUsers = ["View accounts", "/deployment/users?filter=status%3Aactive"] as const;
const version = ["View template version", "/templates/{org}/{template}/versions/{template_version}"] as const;
const task = (name: string) =>
  kind(
    name,
    "Task Events",
    "task workspace",
    [
      ["View task", "/tasks/{user}/{workspace}"],
      ["View workspace", "/@{user}/{workspace}"],
    ],
    false,
  );

export const coderKinds: Record<string, CoderKind> = {
  "281fdf73-c6d6-4cbb-8ff5-888baf8a2fff": kind(
    "Workspace Created",
    "Workspace Events",
    "workspace template version workspace_owner_username",
    [["View workspace", "/@{workspace_owner_username}/{workspace}"]],
    false,
  ),
  "d089fe7b-d5c5-4c0c-aaf5-689859f7d392": kind(
    "Workspace Manually Updated",
    "Workspace Events",
    "organization initiator workspace template version workspace_owner_username",
    [
      ["View workspace", "/@{workspace_owner_username}/{workspace}"],
      ["View template version", "/templates/{organization}/{template}/versions/{version}"],
    ],
    false,
  ),
  "f517da0b-cdc9-410f-ab89-a86107c420ed": kind(
    "Workspace Deleted",
    "Workspace Events",
    "name reason initiator",
    [
      ["View workspaces", "/workspaces"],
      ["View templates", "/templates"],
    ],
  ),
  "381df2a9-c0c0-4749-420f-80a9280c66f9": kind(
    "Workspace Autobuild Failed",
    "Workspace Events",
    "name reason",
    [["View workspace", "/@{user}/{name}"]],
  ),
  "c34a0c09-0704-4cac-bd1c-0c0146811c2b": kind(
    "Workspace Updated Automatically",
    "Workspace Events",
    "name initiator reason template_version_name template_version_message",
    [["View workspace", "/@{user}/{name}"]],
  ),
  "2faeee0f-26cb-4e96-821c-85ccb9f71513": kind(
    "Workspace Manual Build Failed",
    "Workspace Events",
    "name template_name template_version_name initiator workspace_owner_username workspace_build_number",
    [["View build", "/@{workspace_owner_username}/{name}/builds/{workspace_build_number}"]],
  ),
  "4e19c0ac-94e1-4532-9515-d1801aa283b2": kind(
    "User account created",
    "User Events",
    "created_account_name created_account_user_name initiator",
    [activeUsers],
  ),
  "f44d9314-ad03-4bc8-95d0-5cad491da6b6": kind(
    "User account deleted",
    "User Events",
    "deleted_account_name deleted_account_user_name initiator",
    [activeUsers],
  ),
  "b02ddd82-4733-4d02-a2d7-c36f3598997d": kind(
    "User account suspended",
    "User Events",
    "suspended_account_name suspended_account_user_name initiator",
    [["View suspended accounts", "/deployment/users?filter=status%3Asuspended"]],
  ),
  "9f5af851-8408-4e73-a7a1-c6502ba46689": kind(
    "User account activated",
    "User Events",
    "activated_account_name activated_account_user_name initiator",
    [activeUsers],
  ),
  "6a2f0609-9b69-4d36-a989-9f5925b6cbff": kind(
    "Your account has been suspended",
    "User Events",
    "suspended_account_name suspended_account_user_name initiator",
  ),
  "1a6a6bea-ee0a-43e2-9e7c-eabdb53730e4": kind(
    "Your account has been activated",
    "User Events",
    "activated_account_name activated_account_user_name initiator",
    [["Open Coder", ""]],
  ),
  "62f86a30-2330-4b61-a26d-311ff3b608cf": kind("One-Time Passcode", "User Events", "one_time_passcode", [
    ["Reset password", "/reset-password/change?otp={one_time_passcode}&email={email}"],
  ]),
  "29a09665-2a4c-403f-9648-54301670e7be": kind("Template Deleted", "Template Events", "name initiator", [
    ["View templates", "/templates"],
  ]),
  "f40fae84-55a2-42cd-99fa-b41c1ca64894": kind(
    "Template Deprecated",
    "Template Events",
    "template message organization",
    [
      ["See affected workspaces", "/workspaces?filter=owner%3Ame+template%3A{template}"],
      ["View template", "/templates/{organization}/{template}"],
    ],
  ),
  "89d9745a-816e-4695-a17f-3d0a229e2b8d": kind(
    "Prebuilt Workspace Resource Replaced",
    "Template Events",
    "org workspace template template_version preset workspace_build_num claimant",
    [["View workspace build", "/@{claimant}/{workspace}/builds/{workspace_build_num}"], version],
  ),
  "414d9331-c1fc-4761-b40c-d1f4702279eb": kind(
    "Prebuild Failure Limit Reached",
    "Template Events",
    "org preset template template_version",
    [
      [
        "View failed prebuilt workspaces",
        "/workspaces?filter=owner:prebuilds+status:failed+template:{template}",
      ],
      version,
    ],
  ),
  "c425f63e-716a-4bf4-ae24-78348f706c3f": kind("Troubleshooting Notification", "Notification Events", "", [
    ["View notification settings", "/deployment/notifications?tab=settings"],
  ]),
  "39b1e189-c857-4b0c-877a-511144c18516": kind(
    "Custom Notification",
    "Custom Events",
    "custom_title custom_message",
  ),
  "bd4b7168-d05e-4e19-ad0f-3593b77aa90f": task("Task Working"),
  "d4a6271c-cced-4ed0-84ad-afd02a9c7799": task("Task Idle"),
  "8c5a4d12-9f7e-4b3a-a1c8-6e4f2d9b5a7c": task("Task Completed"),
  "3b7e8f1a-4c2d-49a6-b5e9-7f3a1c8d6b4e": task("Task Failed"),
};
