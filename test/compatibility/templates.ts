// Coder's kinds of notification beside Belfry's. They have the same ids, so that preferences, links and receivers that
// know Coder's know ours.
import { notYet, type Row } from "./row.ts";

/** Kinds whose producer Belfry has no part for. */
const noDormancy = "workspaces don't become dormant";

const onByDefault = "on by default, there off; every change of state is told, the first one too";

const kind = (name: string, id: string, key: string, verdict: Row["verdict"], note = ""): Row => ({
  coder: `${name} (\`${id}\`, ${key})`,
  ours: verdict === "absent" ? "" : id,
  verdict,
  note,
});
const absentKind = (name: string, id: string, key: string, note = notYet) =>
  kind(name, id, key, "absent", note);

export const templates: Row[] = [
  kind(
    "Custom Notification",
    "39b1e189-c857-4b0c-877a-511144c18516",
    "TemplateCustomNotification",
    "better",
    "to others too, by owners",
  ),
  kind(
    "Troubleshooting Notification",
    "c425f63e-716a-4bf4-ae24-78348f706c3f",
    "TemplateTestNotification",
    "same",
    "to others too, by owners",
  ),
  kind(
    "Workspace Created",
    "281fdf73-c6d6-4cbb-8ff5-888baf8a2fff",
    "TemplateWorkspaceCreated",
    "same",
    "sensitive values masked",
  ),
  kind(
    "Workspace Manually Updated",
    "d089fe7b-d5c5-4c0c-aaf5-689859f7d392",
    "TemplateWorkspaceManuallyUpdated",
    "better",
    "on by default; the owner too; names the version that was asked for; every update, also the same one twice a day; sensitive values masked",
  ),
  kind("Workspace Deleted", "f517da0b-cdc9-410f-ab89-a86107c420ed", "TemplateWorkspaceDeleted", "same"),
  kind(
    "Workspace Autobuild Failed",
    "381df2a9-c0c0-4749-420f-80a9280c66f9",
    "TemplateWorkspaceAutobuildFailed",
    "better",
    "with the error",
  ),
  absentKind(
    "Workspace Marked as Dormant",
    "0ea69165-ec14-4314-91f1-69566ac3c5a0",
    "TemplateWorkspaceDormant",
    noDormancy,
  ),
  kind(
    "Workspace Updated Automatically",
    "c34a0c09-0704-4cac-bd1c-0c0146811c2b",
    "TemplateWorkspaceAutoUpdated",
    "same",
  ),
  absentKind(
    "Workspace Marked for Deletion",
    "51ce2fdf-c9ca-4be1-8d70-628674f9bc42",
    "TemplateWorkspaceMarkedForDeletion",
    noDormancy,
  ),
  kind(
    "Workspace Manual Build Failed",
    "2faeee0f-26cb-4e96-821c-85ccb9f71513",
    "TemplateWorkspaceManualBuildFailed",
    "better",
    "with the error; the owners are told where nobody is a template admin",
  ),
  absentKind(
    "Workspace Out Of Memory",
    "a9d027b4-ac49-4fb1-9f6d-45af15f64e7a",
    "TemplateWorkspaceOutOfMemory",
    "agents report no resources",
  ),
  absentKind(
    "Workspace Out Of Disk",
    "f047f6a3-5713-40f7-85aa-0394cce9fa3a",
    "TemplateWorkspaceOutOfDisk",
    "agents report no resources",
  ),
  kind("User account created", "4e19c0ac-94e1-4532-9515-d1801aa283b2", "TemplateUserAccountCreated", "same"),
  kind(
    "User account deleted",
    "f44d9314-ad03-4bc8-95d0-5cad491da6b6",
    "TemplateUserAccountDeleted",
    "same",
    "with `data.user`, as the others have",
  ),
  kind(
    "User account suspended",
    "b02ddd82-4733-4d02-a2d7-c36f3598997d",
    "TemplateUserAccountSuspended",
    "same",
  ),
  kind(
    "User account activated",
    "9f5af851-8408-4e73-a7a1-c6502ba46689",
    "TemplateUserAccountActivated",
    "same",
  ),
  kind(
    "Your account has been suspended",
    "6a2f0609-9b69-4d36-a989-9f5925b6cbff",
    "TemplateYourAccountSuspended",
    "same",
  ),
  kind(
    "Your account has been activated",
    "1a6a6bea-ee0a-43e2-9e7c-eabdb53730e4",
    "TemplateYourAccountActivated",
    "same",
    "its action is called “Open Belfry”",
  ),
  kind(
    "One-Time Passcode",
    "62f86a30-2330-4b61-a26d-311ff3b608cf",
    "TemplateUserRequestedOneTimePasscode",
    "better",
    "by mail alone, never by webhook; sealed until it is sent, never sent late, and nobody can switch it off",
  ),
  kind(
    "Your password was changed",
    "5f1d2c8e-7a46-4e0b-9c3d-1b6e8f20a9d4",
    "PasswordChanged",
    "better",
    "Belfry's own: Coder tells nobody",
  ),
  kind("Template Deleted", "29a09665-2a4c-403f-9648-54301670e7be", "TemplateTemplateDeleted", "same"),
  kind("Template Deprecated", "f40fae84-55a2-42cd-99fa-b41c1ca64894", "TemplateTemplateDeprecated", "same"),
  absentKind(
    "Report: Workspace Builds Failed",
    "34a20db2-e9cc-4a93-b0e4-8569699d7a00",
    "TemplateWorkspaceBuildsFailedReport",
    "no weekly report; each failure is told when it happens",
  ),
  kind(
    "Prebuilt Workspace Resource Replaced",
    "89d9745a-816e-4695-a17f-3d0a229e2b8d",
    "TemplateWorkspaceResourceReplaced",
    "better",
    "names the template, carries what to add to it, and is told once however often the completion is sent",
  ),
  kind(
    "Prebuild Failure Limit Reached",
    "414d9331-c1fc-4761-b40c-d1f4702279eb",
    "PrebuildFailureLimitReached",
    "better",
    "once for each episode, with the last failures and the ways on; Coder sends it no more",
  ),
  kind(
    "Task Working",
    "bd4b7168-d05e-4e19-ad0f-3593b77aa90f",
    "TemplateTaskWorking",
    "different",
    onByDefault,
  ),
  kind("Task Idle", "d4a6271c-cced-4ed0-84ad-afd02a9c7799", "TemplateTaskIdle", "different", onByDefault),
  kind(
    "Task Completed",
    "8c5a4d12-9f7e-4b3a-a1c8-6e4f2d9b5a7c",
    "TemplateTaskCompleted",
    "different",
    onByDefault,
  ),
  kind("Task Failed", "3b7e8f1a-4c2d-49a6-b5e9-7f3a1c8d6b4e", "TemplateTaskFailed", "different", onByDefault),
];

/** What Coder has no counterpart of. */
export const ownKinds: { id: string; name: string; what: string }[] = [
  {
    id: "7c1f0a52-9d5e-4d0b-8f3c-2b6a4e1d9c07",
    name: "Prebuild Validation Failed",
    what: "a pool can't be filled: a value of its preset is missing or not allowed",
  },
];
