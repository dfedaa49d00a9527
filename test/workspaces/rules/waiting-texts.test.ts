// What waits for a user, in words.
import { expect, test } from "vitest";
import {
  waitingDetail,
  waitingTitle,
  type Waiting,
} from "../../../src/workspaces/waiting/rules/waiting-texts.ts";

const row = (more: Partial<Waiting>): Waiting => ({
  kind: "build",
  name: "dev",
  prompt: null,
  templateName: "docker",
  detail: "",
  transition: null,
  ...more,
});

test.each<[Partial<Waiting>, string, string]>([
  [
    { kind: "task", prompt: "Fix it\nsoon", detail: "\n  Which?  \nmore" },
    "Task waiting for you: Fix it",
    "Which?",
  ],
  [{ kind: "task", detail: " \n" }, "Task waiting for you: dev", "The agent stopped working."],
  [
    { kind: "task", prompt: "x".repeat(51) },
    `Task waiting for you: ${"x".repeat(49)}…`,
    "The agent stopped working.",
  ],
  [{ kind: "agent", name: "Fix it", detail: "Which?" }, "Fix it is waiting for you", "Which?"],
  [{ kind: "agent", name: "Fix it" }, "Fix it is waiting for you", "The agent stopped working."],
  [{ kind: "question", name: "Fix it", detail: "Delete it?" }, "Fix it asks you", "Delete it?"],
  [{ transition: "start", detail: "Error: x" }, "Start of dev failed", "Error: x"],
  [{ transition: "stop" }, "Stop of dev failed", "No reason given."],
  [{ transition: "delete" }, "Deletion of dev failed", "No reason given."],
  [{ transition: null }, "Build of dev failed", "No reason given."],
  [
    { kind: "preset", name: "large" },
    "Prebuilds stopped: docker / large",
    "No more prebuilt workspaces are created for this preset. Fix the cause, then resume.",
  ],
])("%j is %j, %j", (more, title, detail) => {
  expect([waitingTitle(row(more)), waitingDetail(row(more))]).toEqual([title, detail]);
});
