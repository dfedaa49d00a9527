// Coder's kinds of notification beside Belfry's, from the front matter of db/templates. They have the same ids, so that
// preferences, links and receivers that know Coder's know ours.
import { loadTemplateFiles } from "../../db/template-files.ts";
import type { Row } from "./row.ts";

const ours = loadTemplateFiles();

/** Whose cause Belfry has no part for. */
const noDormancy = "workspaces don't become dormant";
const noResources = "agents report no resources";

const absent = (name: string, id: string, key: string, note: string): Row => ({
  coder: `${name} (\`${id}\`, ${key})`,
  ours: "",
  verdict: "absent",
  note,
});

export const templates: Row[] = [
  ...ours.flatMap(({ name, id, key, coder: { verdict, note } }): Row[] =>
    verdict === "none" ? [] : [{ coder: `${name} (\`${id}\`, ${key})`, ours: id, verdict, note }],
  ),
  absent(
    "Workspace Marked as Dormant",
    "0ea69165-ec14-4314-91f1-69566ac3c5a0",
    "TemplateWorkspaceDormant",
    noDormancy,
  ),
  absent(
    "Workspace Marked for Deletion",
    "51ce2fdf-c9ca-4be1-8d70-628674f9bc42",
    "TemplateWorkspaceMarkedForDeletion",
    noDormancy,
  ),
  absent(
    "Workspace Out Of Memory",
    "a9d027b4-ac49-4fb1-9f6d-45af15f64e7a",
    "TemplateWorkspaceOutOfMemory",
    noResources,
  ),
  absent(
    "Workspace Out Of Disk",
    "f047f6a3-5713-40f7-85aa-0394cce9fa3a",
    "TemplateWorkspaceOutOfDisk",
    noResources,
  ),
  absent(
    "Report: Workspace Builds Failed",
    "34a20db2-e9cc-4a93-b0e4-8569699d7a00",
    "TemplateWorkspaceBuildsFailedReport",
    "no weekly report; each failure is notified when it happens",
  ),
];

/** What Coder has no counterpart of. */
export const ownKinds = ours.filter(({ coder }) => coder.verdict === "none");
