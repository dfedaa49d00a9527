// The kinds of notification that templates, workspaces and their builds cause, by Coder's ids. The texts are in
// db/templates.

export const workspaceKinds = {
  workspaceCreated: "281fdf73-c6d6-4cbb-8ff5-888baf8a2fff",
  manuallyUpdated: "d089fe7b-d5c5-4c0c-aaf5-689859f7d392",
  automaticallyUpdated: "c34a0c09-0704-4cac-bd1c-0c0146811c2b",
  workspaceDeleted: "f517da0b-cdc9-410f-ab89-a86107c420ed",
  manualBuildFailed: "2faeee0f-26cb-4e96-821c-85ccb9f71513",
  templateDeleted: "29a09665-2a4c-403f-9648-54301670e7be",
  templateDeprecated: "f40fae84-55a2-42cd-99fa-b41c1ca64894",
  autobuildFailed: "381df2a9-c0c0-4749-420f-80a9280c66f9",
} as const;
