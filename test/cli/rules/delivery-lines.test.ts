// Deliveries as lines for a terminal.
import { describe, expect, test } from "vitest";
import {
  detailLines,
  isOver,
  logRow,
  readStatus,
  resultLine,
  statusName,
  type MessageDetails,
} from "../../../src/cli/rules/delivery-lines.ts";

describe("the details of a delivery", () => {
  const now = Date.parse("2026-11-21T10:00:30Z");
  const message: MessageDetails = {
    id: "0198f1c2-0000-7000-8000-00003f9c02d1",
    event_id: "0198f1c2-0000-7000-8000-0000aaaaaaaa",
    template: { name: "Troubleshooting Notification", version: 2 },
    user: { id: "u", username: "grace" },
    method: "smtp",
    target: "smtp.example.com:587",
    status: "sent",
    reasons: ["named", "role_auditor", "deployment_default"],
    attempt_count: 1,
    last_answer: "smtp.example.com:587 250 2.0.0 queued",
    next_try_at: null,
    created_by: "u",
    created_at: "2026-11-21T10:00:00Z",
    updated_at: "2026-11-21T10:00:02Z",
    attempts: [
      {
        number: 1,
        started_at: "2026-11-21T10:00:00Z",
        duration_ms: 1_240,
        outcome: "sent",
        answer: "smtp.example.com:587 250 2.0.0 queued",
      },
    ],
  };
  const story = (changes: Partial<MessageDetails>, paused = false) =>
    detailLines({ ...message, ...changes }, { paused, createdBy: "ada", now, bold: (text) => text });
  const waiting = { status: "temporary_failure", next_try_at: "2026-11-21T10:02:00Z" };
  const going = {
    number: 1,
    started_at: "2026-11-21T10:00:00Z",
    duration_ms: null,
    outcome: "started",
    answer: null,
  };

  test("have each fact once, in sentences", () => {
    expect(story({})).toEqual([
      "Troubleshooting Notification to grace, smtp smtp.example.com:587: sent",
      "Created 2026-11-21 10:00:00 UTC by ada, template version 2",
      "Delivery 0198f1c2-0000-7000-8000-00003f9c02d1, event 0198f1c2-0000-7000-8000-0000aaaaaaaa",
      "",
      "Why this recipient",
      "  The sender named them as a recipient.",
      "  They are an auditor.",
      "",
      "Why this channel",
      "  It is the deployment's default channel.",
      "",
      "Attempts",
      "  1. 2026-11-21 10:00:00 UTC, 1.2 s: sent, 250 2.0.0 queued",
    ]);
  });

  test.each([
    [waiting, false, "Next attempt at 2026-11-21 10:02:00 UTC, in 1 min 30 s."],
    [waiting, true, "Notifications are paused. Resume: belfry notifications resume"],
    [{ ...waiting, next_try_at: "2026-11-21T10:00:10Z" }, false, "It is sent with the next run."],
    [
      { ...waiting, status: "pending" },
      false,
      "Delayed until 2026-11-21 10:02:00 UTC, in 1 min 30 s; sent then unless withdrawn.",
    ],
    [
      { status: "leased", next_try_at: "2026-11-21T10:02:00Z" },
      false,
      "An attempt is in progress. If it is interrupted, Belfry retries.",
    ],
    [{ status: "permanent_failure" }, false, "Send it again: belfry notifications retry 3f9c02d1"],
  ])("the next step of %j, paused %s: %s", (changes, paused, words) => {
    expect(story(changes, paused).slice(-2)).toEqual(["Next step", `  ${words}`]);
  });

  test("an attempt without an end was interrupted, unless it is in progress", () => {
    const line = (changes: Partial<MessageDetails>) =>
      story({ ...changes, attempts: [going] }).find((words) => words.startsWith("  1."));
    expect(line({ status: "leased" })).toBe("  1. 2026-11-21 10:00:00 UTC: in progress");
    expect(line({ status: "leased", attempt_count: 2 })).toBe("  1. 2026-11-21 10:00:00 UTC: interrupted");
  });

  test("every code has a text; an unknown code is shown as it is", () => {
    const words = story({ status: "inhibited", reasons: ["duplicate", "from_the_future"], attempts: [] });
    expect(words.slice(3)).toEqual([
      "",
      "Why not sent",
      "  They already got the same notification.",
      "  from_the_future.",
    ]);
    expect(resultLine({ ...message, status: "inhibited", reasons: ["no_address"] })).toBe(
      "smtp smtp.example.com:587  not sent: They have no valid email address",
    );
  });

  test("foreign text can't control the terminal", () => {
    const evil = "\u001B]0;x\u0007red\n2. lie";
    expect(resultLine({ ...message, last_answer: evil })).toBe(
      "smtp smtp.example.com:587  sent: red 2. lie (1.2 s)",
    );
    expect(story({ created_by: "x", attempts: [{ ...message.attempts[0]!, answer: evil }] }).at(-1)).toBe(
      "  1. 2026-11-21 10:00:00 UTC, 1.2 s: sent, red 2. lie",
    );
  });

  test("a status has one name and accepts the API's own", () => {
    expect(["pending", "retrying", "not-sent", "inhibited"].map(readStatus)).toEqual([
      "pending",
      "temporary_failure",
      "inhibited",
      "inhibited",
    ]);
    expect(readStatus("lost")).toBeUndefined();
    expect(["temporary_failure", "from_the_future"].map(statusName)).toEqual(["retrying", "from_the_future"]);
  });

  test.each([
    ["pending", 0, false],
    ["leased", 1, false],
    ["temporary_failure", 0, false],
    ["temporary_failure", 1, true],
    ["permanent_failure", 8, true],
    ["sent", 1, true],
  ])("a message that is %s after %d attempts has a result: %s", (status, attempt_count, expected) => {
    expect(isOver({ ...message, status, attempt_count })).toBe(expected);
  });

  test("a row of the log ends with the response or with the reasons for not sending", () => {
    const response = (changes: Partial<MessageDetails>) => logRow({ ...message, ...changes }, now).at(-1);
    expect(response({})).toBe("250 2.0.0 queued");
    expect(response({ last_answer: "timeout" })).toBe("timeout");
    expect(response({ last_answer: null })).toBe("");
    expect(response({ target: null })).toBe("smtp.example.com:587 250 2.0.0 queued");
    expect(response({ status: "inhibited", reasons: ["from_the_future", "duplicate"] })).toContain("; ");
    expect(logRow({ ...message, method: "receiver", target: "ops" }, now)[2]).toBe("receiver ops");
  });

  test("the result of a test has its duration and the next attempt", () => {
    const result = (changes: Partial<MessageDetails>) => resultLine({ ...message, ...changes });
    expect(result({})).toBe("smtp smtp.example.com:587  sent: 250 2.0.0 queued (1.2 s)");
    expect(result({ method: "inbox", target: null, last_answer: null })).toBe("inbox  sent");
    expect(result({ status: "permanent_failure", last_answer: null, attempts: [] })).toBe(
      "smtp smtp.example.com:587  failed",
    );
    expect(
      result({ status: "temporary_failure", last_answer: "500", next_try_at: "2026-11-21T10:00:32Z" }),
    ).toBe("smtp smtp.example.com:587  failed: 500 (1.2 s, next attempt in 30 s)");
    expect(result({ status: "inhibited", reasons: ["duplicate"] })).toContain("not sent: ");
  });

  test("a message in the inbox needs no attempt, and an unknown status is shown as it is", () => {
    expect(story({ method: "inbox", target: null, attempts: [] }).slice(-2)).toEqual([
      "Attempts",
      "  None needed: it was written to the inbox directly.",
    ]);
    expect(story({ status: "from_the_future" })[0]).toMatch(/: from_the_future$/);
    const attempt = { ...message.attempts[0]!, duration_ms: 35 };
    expect(story({ attempts: [attempt] }).join("\n")).toContain(", 35 ms: sent");
  });
});
