// The preset "only needs me".
import { expect, test } from "vitest";
import { kinds } from "../../../src/notifications/kinds/kinds.ts";
import { onlyNeedsMe } from "../../../src/notifications/preferences/rules/only-needs-me.ts";

const channel = (id: string, isEnabled = true) => ({ id, isLocal: id === "inbox", isEnabled });
const working = kinds["task-working"].id;

test.each([
  [
    "a kind that needs nobody stays in the inbox",
    { id: working, isEnabled: true, channels: [channel("inbox"), channel("smtp"), channel("push", false)] },
    [{ templateId: working, disabled: false, disabledMethods: ["smtp", "push"] }],
  ],
  [
    "one that isn't in the inbox is off",
    { id: working, isEnabled: true, channels: [channel("inbox", false), channel("smtp")] },
    [{ templateId: working, disabled: true, disabledMethods: [] }],
  ],
  [
    "one that is only there doesn't change",
    { id: working, isEnabled: true, channels: [channel("inbox"), channel("smtp", false)] },
    [],
  ],
  ["one that is off doesn't change", { id: working, isEnabled: false, channels: [channel("smtp")] }, []],
  [
    "one that needs the person doesn't change",
    { id: kinds["agent-question"].id, isEnabled: true, channels: [channel("inbox"), channel("smtp")] },
    [],
  ],
])("%s", (_, kind, changes) => {
  expect(onlyNeedsMe([kind])).toEqual(changes);
});
