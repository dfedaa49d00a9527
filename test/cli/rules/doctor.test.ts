// The checks of `belfry admin doctor`, and how their findings are printed.
import { describe, expect, test } from "vitest";
import {
  findingLines,
  formatPeriod,
  findingSummary,
  formatSize,
} from "../../../src/cli/admin/rules/finding.ts";
import { ok, warn } from "../../../src/kernel/rules/finding.ts";
import {
  adviceForOpening,
  checkAnswerSize,
  checkClock,
  checkDamage,
  checkDatabase,
  checkTables,
  checkDisk,
  checkKey,
  checkReplica,
  checkTick,
} from "../../../src/cli/admin/rules/check-database.ts";
import {
  checkFailing,
  checkGone,
  checkOutbox,
  checkPeople,
  checkReceivers,
} from "../../../src/cli/admin/rules/check-delivery.ts";
import { checkServer } from "../../../src/cli/admin/rules/check-server.ts";

const now = Date.parse("2026-11-21T10:00:00Z");

describe("the doctor checks", () => {
  const database = {
    name: "/data/belfry.db",
    isFile: true,
    applied: 2,
    known: 2,
    state: "ok" as const,
    problem: null,
    reason: null,
  };
  const level = ({ level: how, advice }: { level: string; advice?: string }) => [how, advice ?? ""] as const;

  test.each([
    ["a good one", {}, "ok", /^$/],
    ["a later release's", { applied: 3 }, "fail", /later release/],
    ["an earlier release's file", { applied: 1 }, "fail", /Start this release/],
    ["an earlier release's server", { applied: 1, isFile: false }, "fail", /admin migrate/],
    ["a full disk", { state: "not_writable", reason: "database or disk is full" }, "fail", /Free space/],
    [
      "a file of somebody else's",
      { state: "not_writable", reason: "attempt to write a readonly database" },
      "fail",
      /writable/,
    ],
    [
      "a damaged file",
      { state: "unavailable", reason: "database disk image is malformed" },
      "fail",
      /restore/,
    ],
    ["a lock", { state: "not_writable", reason: "database is locked" }, "fail", /lsof/],
    ["a failing disk", { state: "not_writable", reason: "disk I/O error" }, "fail", /dmesg/],
    [
      "a server whose writers hang",
      { isFile: false, state: "not_writable", reason: "no answer" },
      "fail",
      /--max-concurrent-connections 2/,
    ],
    [
      "a server that is gone",
      { isFile: false, state: "unavailable", reason: "fetch failed" },
      "fail",
      /BELFRY_DATABASE_AUTH_TOKEN/,
    ],
  ] as const)("the database: %s", (_name, facts, how, advice) => {
    const finding = checkDatabase({ ...database, ...facts });
    expect(finding.level).toBe(how);
    expect(finding.advice ?? "").toMatch(advice);
  });

  test("the disk", () => {
    const disk = { folder: "/data", databaseBytes: 1_000_000 };
    expect(checkDisk({ ...disk, freeBytes: 10_000_000 }).level).toBe("fail");
    expect(checkDisk({ ...disk, freeBytes: 100_000_000 }).level).toBe("warn");
    expect(checkDisk({ ...disk, freeBytes: 1e9, databaseBytes: 2e9 }).level).toBe("warn");
    expect(checkDisk({ ...disk, freeBytes: 1e9 }).level).toBe("ok");
  });

  test("the clock", () => {
    const facts = { now, others: [], lastTick: null };
    const server = (offset: number) => ({
      ...facts,
      others: [
        { name: "db", now },
        { name: "far", now: now - offset },
      ],
    });
    expect(checkClock({ ...facts, now: 0 })).toMatchObject({
      level: "fail",
      message: expect.stringContaining("1970"),
    });
    expect(checkClock(server(4_000)).level).toBe("ok");
    expect(checkClock(server(10_000))).toMatchObject({
      level: "warn",
      message: "This machine's clock is 10 seconds ahead of the clock of far.",
    });
    expect(checkClock(server(-120_000))).toMatchObject({
      level: "fail",
      message: "This machine's clock is 2 minutes behind the clock of far.",
    });
    expect(checkClock({ ...facts, lastTick: now + 3_600_000 })).toMatchObject({
      level: "fail",
      message: expect.stringContaining("1 hour in the future"),
    });
    expect(checkClock({ ...facts, lastTick: now + 1_000 })).toEqual(ok("clock", "plausible"));
  });

  test("ticks", () => {
    const facts = { now, interval: 15_000 };
    expect(checkTick({ ...facts, lastTick: null }).level).toBe("fail");
    expect(checkTick({ ...facts, lastTick: now - 45_000 }).level).toBe("ok");
    expect(checkTick({ ...facts, lastTick: now - 46_000 })).toMatchObject({
      level: "fail",
      message: "The periodic run is overdue: the last one was 46 seconds ago, one is due every 15 seconds.",
    });
  });

  test("the key", () => {
    const facts = { name: "BELFRY_SECRET_KEY", isOpen: false };
    expect(checkKey({ ...facts, state: "matches" }).level).toBe("ok");
    expect(checkKey({ ...facts, state: "matches", isOpen: true }).advice).toContain("chmod 600");
    expect(level(checkKey({ ...facts, state: "differs" }))).toEqual([
      "fail",
      expect.stringContaining("accept-key"),
    ]);
    expect(checkKey({ ...facts, state: "missing" }).level).toBe("warn");
    expect(checkKey({ ...facts, state: "not_given" }).message).toContain("is not set");
  });

  const failing = { status: "temporary_failure" as const, count: 2, age: 60_000 };
  test("failing messages, for each channel with its advice", () => {
    const findings = checkFailing(
      "mail",
      [{ ...failing, method: "smtp", answer: "451 not now" }],
      (answer) => `about ${answer}`,
    );
    expect(findings).toEqual([
      {
        check: "mail",
        level: "fail",
        message: "2 messages failed and will be retried; latest 1 minute ago: 451 not now",
        advice: "about 451 not now",
      },
    ]);
    const given = {
      ...failing,
      method: "webhook",
      status: "permanent_failure" as const,
      count: 1,
      answer: null,
    };
    expect(checkFailing("webhook", [given], () => "Look.")[0]!.message).toBe(
      "1 message failed permanently within a day; latest 1 minute ago: no response",
    );
    expect(checkGone("webhook", "hooks.example.com")).toMatchObject({
      level: "fail",
      message: expect.stringContaining("hooks.example.com answered 410 Gone"),
      advice: expect.stringContaining("enables it again"),
    });
  });

  test("receivers: each that gets nothing, and what to do", () => {
    const works = { name: "ops", isFailing: false, answer: "answered 503", disabledBecause: null };
    expect(checkReceivers([])).toEqual([]);
    expect(checkReceivers([works])).toMatchObject([{ level: "ok", message: "1 works" }]);
    expect(checkReceivers([works, works])).toMatchObject([{ level: "ok", message: "2 work" }]);
    const gone = { ...works, name: "chat", disabledBecause: "answered 410" };
    expect(checkReceivers([works, { ...works, isFailing: true }, gone])).toMatchObject([
      { level: "fail", message: "ops is failing: answered 503" },
      {
        level: "fail",
        message: "chat is disabled: it answered 410",
        advice: expect.stringContaining("belfry receivers update chat --address URL --enable"),
      },
    ]);
    expect(checkReceivers([{ ...works, isFailing: true, answer: null }])[0]!.message).toContain(
      "no response",
    );
  });

  test("messages, people and the server", () => {
    expect(checkOutbox({ waiting: 0, oldest: 0, isPaused: false }).level).toBe("ok");
    expect(checkOutbox({ waiting: 1, oldest: 1_000, isPaused: false }).level).toBe("ok");
    expect(checkOutbox({ waiting: 3, oldest: 600_000, isPaused: false })).toMatchObject({
      level: "fail",
      message: "3 messages pending, the oldest for 10 minutes",
    });
    expect(checkOutbox({ waiting: 0, oldest: 0, isPaused: true }).message).toBe("Notifications are paused.");
    expect(checkOutbox({ waiting: 1, oldest: 600_000, isPaused: true })).toMatchObject({
      level: "warn",
      advice: "Resume: belfry notifications resume",
    });
    const people = { users: 3, owners: 1, templateAdmins: 1, accessUrl: "https://belfry.example.com" };
    expect(checkPeople(people).level).toBe("ok");
    expect(checkPeople({ ...people, users: 0 }).level).toBe("warn");
    expect(checkPeople({ ...people, owners: 0 }).level).toBe("fail");
    expect(checkPeople({ ...people, templateAdmins: 0 }).message).toContain("no template admin");
    const server = {
      accessUrl: "https://belfry.example.com",
      deploymentId: "a",
      expectedId: "a",
      problems: [],
      failure: null,
    };
    expect(checkServer(server).level).toBe("ok");
    expect(checkServer({ ...server, expectedId: null }).level).toBe("ok");
    expect(checkServer({ ...server, deploymentId: null }).level).toBe("warn");
    expect(checkServer({ ...server, expectedId: "b" }).message).toContain("another database");
    expect(checkServer({ ...server, problems: ["It is tired."] })).toMatchObject({
      level: "fail",
      message: "https://belfry.example.com is not ready: It is tired.",
    });
  });

  test("a server that doesn't answer, or whose certificate is the problem", () => {
    const facts = { accessUrl: "https://b.example.com", deploymentId: null, expectedId: "a", problems: [] };
    const of = (code: string, name = "Error") => {
      const { level: found, message } = checkServer({ ...facts, failure: { name, code } });
      return [found, message];
    };
    const nobody = "No answer from Belfry at https://b.example.com, the address in links (BELFRY_ACCESS_URL)";
    expect(of("ECONNREFUSED")).toEqual(["warn", `${nobody}: connection refused (ECONNREFUSED).`]);
    expect(of("", "TimeoutError")).toEqual(["warn", `${nobody}: no answer in time.`]);
    expect(of("ODD")).toEqual(["warn", `${nobody}.`]);
    expect(of("SELF_SIGNED_CERT_IN_CHAIN")).toEqual([
      "warn",
      "The certificate of https://b.example.com is not trusted on this machine: its authority is unknown here (SELF_SIGNED_CERT_IN_CHAIN).",
    ]);
    expect(of("CERT_HAS_EXPIRED")).toEqual([
      "fail",
      "The certificate of https://b.example.com has expired (CERT_HAS_EXPIRED).",
    ]);
  });

  test("the largest tables", () => {
    const tables = [
      { name: "build_logs", bytes: 2_500_000 },
      { name: "users", bytes: 4_096 },
    ];
    expect(checkTables(tables)).toEqual(ok("tables", "largest: build_logs 2.5 MB, users 4.1 kB"));
  });

  test("findings are printed in aligned lines", () => {
    const findings = [ok("a", "one\ntwo"), warn("longer", "words", "do it")];
    expect(findingLines(findings)).toEqual([
      "ok    a       one",
      "              two",
      "warn  longer  words",
      "              → do it",
    ]);
    expect(findingSummary(findings)).toBe("1 warning.");
    expect(findingSummary([ok("a", "b")])).toBe("All checks passed.");
    const bad = { check: "a", level: "fail" as const, message: "x" };
    expect(findingSummary([bad, bad, ...findings])).toBe("2 checks failed, 1 warning.");
    expect([0, 1_400, -61_000, 7_200_000, 90_000_000].map(formatPeriod)).toEqual([
      "0 seconds",
      "1 second",
      "1 minute",
      "2 hours",
      "1 day",
    ]);
    expect([0, 999, 1_500, 479_232, 78.3e9, 2e15].map(formatSize)).toEqual([
      "0 bytes",
      "999 bytes",
      "1.5 kB",
      "479 kB",
      "78.3 GB",
      "2000 TB",
    ]);
  });
});

test.each([
  ["database or disk is full", "Free space on its disk"],
  ["disk I/O error", "Check its disk"],
  ["database disk image is malformed", "belfry admin restore"],
  ["file is not a database", "belfry admin restore"],
  ["database is locked", "fuser"],
  ["connection refused", "Fix this first"],
])("a database that can't be opened (%s) has advice", (message, advice) => {
  expect(adviceForOpening(message)).toContain(advice);
});

test("damage is shown on one line, and a small limit of responses fails", () => {
  expect(checkDamage("/b.db", "*** in database main ***\nTree 2")).toMatchObject({
    level: "fail",
    message: "/b.db is damaged: *** in database main *** Tree 2",
  });
  expect(checkAnswerSize("db.example.com")).toMatchObject({
    level: "fail",
    message: expect.stringContaining("db.example.com refuses responses"),
  });
  expect(checkReplica("db.example.com")).toMatchObject({
    level: "fail",
    message: expect.stringContaining("db.example.com is a replica"),
  });
});

test("one failure, one owner and a missing reason are in the singular or left out", () => {
  const failure = { check: "a", level: "fail" as const, message: "x" };
  expect(findingSummary([failure])).toBe("1 check failed.");
  expect(findingSummary([warn("a", "b", "c"), warn("a", "b", "c")])).toBe("2 warnings.");
  const people = { users: 1, owners: 1, templateAdmins: 1, accessUrl: "https://belfry.example.com" };
  expect(checkPeople(people).message).toBe("1 user, 1 owner");
  expect(checkPeople({ ...people, users: 3, owners: 2 }).message).toBe("3 users, 2 owners");
  expect(checkPeople({ ...people, templateAdmins: 0 }).message).toMatch(/^1 user, /);
  const unavailable = { name: "/b.db", isFile: true, applied: 2, known: 2, state: "unavailable" as const };
  expect(checkDatabase({ ...unavailable, problem: null, reason: null }).message).toBe("/b.db: unavailable.");
  expect(checkDatabase({ ...unavailable, problem: "Disk.", reason: "SQLITE_FULL" }).message).toBe(
    "/b.db: Disk. (SQLITE_FULL)",
  );
});
