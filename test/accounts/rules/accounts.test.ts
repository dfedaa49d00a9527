// The accounts room's decisions, as values in and values out.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { siteRoles, userStatuses, type SiteRole } from "../../../db/schema.ts";
import { isKeyUseDue, verifySession, type SessionRow } from "../../../src/accounts/rules/actor.ts";
import {
  hashSecret,
  parseCredential,
  equalHashes,
  validateLifetime,
} from "../../../src/accounts/rules/api-key.ts";
import {
  isLocalCaller,
  hotpDigits,
  createSelector,
  parsePasscode,
  formatPasscode,
  equalDigits,
  hashSetupCode,
  createSetupCode,
} from "../../../src/accounts/rules/one-time-codes.ts";
import { entropy, validatePasswordRules, normalizePassword } from "../../../src/accounts/rules/password.ts";
import {
  hasPermission,
  canAssignRole,
  canManageUser,
  canSeeUser,
  scopeAllows,
  type Permission,
} from "../../../src/accounts/rules/permissions.ts";
import {
  problemWithEmail,
  problemWithName,
  problemWithUsername,
} from "../../../src/accounts/rules/profile.ts";
import { parseUserSearch } from "../../../src/accounts/rules/user-search.ts";

const secret = "abcdefghijklmnopqrstuv";
const credential = parseCredential(`ABCDEFGHIJ-${secret}`)!;
const roles = fc.subarray([...siteRoles]);

describe("a session", () => {
  const row: SessionRow = {
    keyId: "ABCDEFGHIJ",
    secretHash: hashSecret(secret),
    kind: "session",
    scope: "all",
    expiresAt: 2_000,
    lifetimeSeconds: 1,
    lastUsedAt: null,
    userId: "u",
    username: "ada",
    email: "ada@example.com",
    name: "",
    status: "active",
    isSystem: false,
    roles: '["owner"]',
  };

  test("is good until the very millisecond at which it expires", () => {
    expect(verifySession(row, credential, 1_999)).toMatchObject({ ok: true, actor: { roles: ["owner"] } });
    expect(verifySession(row, credential, 2_000)).toEqual({ ok: false, why: "expired" });
  });
  test("is unknown without a row or with another secret, whatever else holds", () => {
    expect(verifySession(undefined, credential, 0)).toEqual({ ok: false, why: "unknown" });
    const other = { ...row, secretHash: hashSecret("x"), status: "suspended" as const };
    expect(verifySession(other, credential, 9_999)).toEqual({ ok: false, why: "unknown" });
  });
  test("of a suspended user or one of the system is refused", () => {
    for (const change of [{ status: "suspended" as const }, { isSystem: true }])
      expect(verifySession({ ...row, ...change }, credential, 0)).toEqual({ ok: false, why: "suspended" });
  });
  test("is noted at its first use and then hourly", () => {
    expect(isKeyUseDue(row, 0)).toBe(true);
    expect(isKeyUseDue({ ...row, lastUsedAt: 0 }, 3_599_999)).toBe(false);
    expect(isKeyUseDue({ ...row, lastUsedAt: 0 }, 3_600_000)).toBe(true);
  });
});

describe("a key", () => {
  test("has ten characters, a hyphen and twenty-two; only a hash of these is kept", () => {
    expect(credential).toEqual({
      keyId: "ABCDEFGHIJ",
      secretHash: createHash("sha256").update(secret).digest("hex"),
      isSigned: false,
    });
    expect(parseCredential(`  ABCDEFGHIJ-${secret}\n`)).toEqual(credential);
  });
  test("of any other shape is none", () => {
    for (const text of ["", secret, `ABCDEFGHI-${secret}`, `ABCDEFGHIJ-${secret}x`, `ABCDEFGHI_-${secret}`])
      expect(parseCredential(text)).toBeUndefined();
  });
  test("hashes are the same only when they are equal", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(equalHashes(a, a)).toBe(true);
        if (a !== b) expect(equalHashes(a, b)).toBe(false);
      }),
    );
  });
});

describe("permissions", () => {
  const expected: Record<Permission, SiteRole[]> = {
    "users:read": ["owner", "user-admin", "template-admin", "auditor"],
    "users:manage": ["owner", "user-admin"],
    "groups:read": ["owner", "user-admin", "template-admin", "auditor"],
    "groups:manage": ["owner", "user-admin"],
    "audit:read": ["owner", "auditor"],
    "deployment:manage": ["owner"],
    "notifications:send-to-others": ["owner"],
    "deployment:read": ["owner", "auditor"],
    "prebuilds:read": ["owner", "template-admin", "auditor"],
    "templates:manage": ["owner", "template-admin"],
    "provisioner-keys:read": ["owner", "template-admin", "auditor"],
    "tokens:read-others": ["owner", "auditor"],
    "tokens:manage-others": ["owner"],
    "workspaces:read-all": ["owner", "template-admin", "auditor"],
    "workspaces:end-others": ["owner", "template-admin"],
    "workspaces:manage-others": ["owner"],
  };

  test("are those of any of the roles that somebody has, and a member has none", () => {
    fc.assert(
      fc.property(roles, (mine) => {
        for (const [permission, allowed] of Object.entries(expected))
          expect(hasPermission({ roles: mine }, permission as Permission)).toBe(
            mine.some((role) => allowed.includes(role)),
          );
      }),
    );
  });
  test("only an owner assigns or removes a site role", () => {
    for (const mine of siteRoles)
      for (const role of siteRoles) expect(canAssignRole({ roles: [mine] }, role)).toBe(mine === "owner");
    expect(siteRoles.some((role) => canAssignRole({ roles: [] }, role))).toBe(false);
  });
  test("an owner manages everybody, a user-admin whoever has no site role, others nobody", () => {
    fc.assert(
      fc.property(roles, roles, (mine, theirs) => {
        const allowed = canManageUser({ roles: mine }, { roles: theirs });
        if (mine.includes("owner")) expect(allowed).toBe(true);
        else expect(allowed).toBe(mine.includes("user-admin") && theirs.length === 0);
      }),
    );
  });
  test("the documentation has the table of who manages whom", () => {
    const page = readFileSync("public/docs/administration/users.md", "utf8");
    const [, table] = /^\| your role .*\n((?:\|.*\n)+)/m.exec(page)!;
    const rows = table!.trim().split("\n").slice(1);
    const cells = rows.map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
    const yes = (allowed: boolean) => (allowed ? "yes" : "no");
    const named: [string, SiteRole[]][] = [["(member)", []]];
    for (const role of siteRoles) named.push([`\`${role}\``, [role]]);
    const expected = named.map(([name, mine]) => [
      name,
      ...named.map(([, theirs]) => yes(canManageUser({ roles: mine }, { roles: theirs }))),
      yes(siteRoles.every((role) => canAssignRole({ roles: mine }, role))),
    ]);
    expect(cells).toEqual(expected);
  });
  test("everybody sees themselves; a member sees nobody else", () => {
    expect(canSeeUser({ userId: "a", roles: [] }, { id: "a" })).toBe(true);
    expect(canSeeUser({ userId: "a", roles: [] }, { id: "b" })).toBe(false);
    expect(canSeeUser({ userId: "a", roles: ["auditor"] }, { id: "b" })).toBe(true);
  });
  test("a scope narrows: read looks, notify only notifies", () => {
    for (const method of ["GET", "HEAD"]) {
      expect(scopeAllows({ scope: "read" }, method, "any")).toBe(true);
      expect(scopeAllows({ scope: "notify" }, method, "any")).toBe(false);
    }
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      expect(scopeAllows({ scope: "all" }, method, "any")).toBe(true);
      expect(scopeAllows({ scope: "read" }, method, "any")).toBe(false);
      expect(scopeAllows({ scope: "read" }, method, "notify-self")).toBe(false);
      expect(scopeAllows({ scope: "notify" }, method, "any")).toBe(false);
      expect(scopeAllows({ scope: "notify" }, method, "notify-self")).toBe(true);
    }
  });
});

describe("this machine", () => {
  const here = { address: "127.0.0.1", host: "localhost:4747", forwarded: false };

  test("is where a loopback socket asks for a loopback name", () => {
    for (const address of ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "::FFFF:127.1.2.3"])
      expect(isLocalCaller({ ...here, address }), address).toBe(true);
    for (const host of ["LOCALHOST", "127.0.0.1:80", "[::1]:4747", "[::1]", "belfry.localhost:1"])
      expect(isLocalCaller({ ...here, host }), host).toBe(true);
  });
  test("is not where any of it says otherwise", () => {
    expect(isLocalCaller({ ...here, forwarded: true })).toBe(false);
    for (const address of [
      null,
      "",
      "10.0.0.1",
      "128.0.0.1",
      "::2",
      "::ffff:10.0.0.1",
      "127.0.0.1.example.com",
    ])
      expect(isLocalCaller({ ...here, address }), String(address)).toBe(false);
    for (const host of [
      "",
      "example.com",
      "localhost.example.com",
      "127.0.0.1.example.com",
      "notlocalhost",
      "[::2]",
    ])
      expect(isLocalCaller({ ...here, host }), host).toBe(false);
  });
});

describe("a setup code", () => {
  test("has four groups of four that nobody mistakes, and each place uses the whole alphabet", () => {
    const code = fc.array(fc.nat(), { minLength: 16, maxLength: 16 }).map((numbers) => {
      let place = 0;
      return createSetupCode((below) => numbers[place++]! % below);
    });
    fc.assert(fc.property(code, (text) => /^([A-HJKMNP-Z2-9]{4}-){3}[A-HJKMNP-Z2-9]{4}$/.test(text)));
    expect(createSetupCode(() => 0)).toBe("AAAA-AAAA-AAAA-AAAA");
    expect(createSetupCode((below) => below - 1)).toBe("9999-9999-9999-9999");
  });
  test("is the same however it is typed, and another one otherwise", () => {
    const hash = hashSetupCode("ABCD-EFGH-JKMN-PQRS");
    expect(hashSetupCode(" abcd efgh.jkmnPQRS\n")).toBe(hash);
    expect(hashSetupCode("ABCD-EFGH-JKMN-PQRT")).not.toBe(hash);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });
});

const commonPasswords = readFileSync(
  new URL("../../../public/common-passwords.txt", import.meta.url),
  "utf8",
);

describe("a password", () => {
  const details = (password: string, owner = {}) => validatePasswordRules(password, owner).details;

  test.each([
    "correct-horse-battery-42",
    "Tr0ub4dor&3xtra",
    "qzvkwjxhplnf",
    "солнце-и-луна",
    "パスワードは秘密です",
    "six words make a good pass",
  ])("%j is good enough", (password) => {
    expect(validatePasswordRules(password)).toEqual({ valid: true, details: "" });
  });
  test.each([
    ["", /^Too short/],
    ["aB3$xY7", /^Too short/],
    ["x".repeat(65), /65 bytes.*64/],
    ["ü".repeat(33), /66 bytes.*64/],
    ["password", /^Too easy.*of 52 bits/],
    ["12345678901234567890", /^Too easy/],
    ["abcdefghijklmnopqrstuvwxyz", /^Too easy/],
    ["a".repeat(64), /^Too easy/],
    ["ab".repeat(32), /^Too easy/],
    ["qwe".repeat(20), /^Too easy/],
    ["9876543210zyxwvu", /^Too easy/],
  ])("%j is rejected with the reason", (password, why) => {
    expect(validatePasswordRules(password).valid).toBe(false);
    expect(details(password)).toMatch(why);
  });
  test("can't be based on the user's name or address", () => {
    const owner = { email: "grace.b.hopper@navy.example.com", username: "admiral-grace" };
    for (const password of [
      "grace.b.hopper@navy.example.com",
      "Grace.B.Hopper1906!",
      "admiral-grace",
      "ADMIRAL-GRACE-1906",
      "admiral-graceadmiral-grace!",
    ])
      expect(details(password, owner), password).toMatch(/username or email/);
    expect(validatePasswordRules("admiral-grace keeps seven moths", owner).valid).toBe(true);
    expect(validatePasswordRules("a-good-password-of-ada-9", { username: "ada" }).valid).toBe(true);
  });
  test("can't be based on a common password, also with other characters around it", () => {
    const problem = (password: string) => validatePasswordRules(password, {}, commonPasswords).details;
    for (const password of [
      "Password-2024-11!",
      "P@ssw0rd-2024-11!",
      "  !!football#1979",
      "DragonDragon#1979",
      "qwertyuiop1234567890",
      "1Q2w3E4r5T-2024!",
    ])
      expect(problem(password), password).toMatch(/common/);
    for (const password of [
      "correct-horse-battery-42",
      "password of my third cat",
      "Tr0ub4dor&3xtra",
      "a-good-password-of-ada-9",
      "seven-green-bottles-41",
      "7395-1846-dragon-2047-9931-4652",
      "солнце-и-луна",
    ])
      expect(problem(password), password).toBe("");
  });
  test("is compared with a list that is small, sorted, lower-case and freely licensed", () => {
    const [source, licence, ...words] = commonPasswords.trimEnd().split("\n");
    expect([source, licence].every((line) => line!.startsWith("# "))).toBe(true);
    expect(licence).toMatch(/MIT License/);
    expect(words).toEqual([...new Set(words)].toSorted());
    expect(words.every((word) => /^[a-z][^A-Z\s]*$/.test(word))).toBe(true);
    expect(words.length).toBeGreaterThan(10_000);
    expect(gzipSync(commonPasswords, { level: 9 }).length).toBeLessThanOrEqual(40 * 1_024);
  });
  test("ignores short names, and takes symbols in names literally", () => {
    expect(
      validatePasswordRules("correct-horse-battery-42", { username: "o", email: "re@x.com" }).valid,
    ).toBe(true);
    expect(validatePasswordRules("correct-horse-battery-42", { email: ".*+?(@example.com" }).valid).toBe(
      true,
    );
  });
  test("is independent of Unicode composition", () => {
    const password = "ångström-länge";
    expect(normalizePassword(password.normalize("NFD"))).toBe(normalizePassword(password.normalize("NFC")));
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(validatePasswordRules(text.normalize("NFD"))).toEqual(
          validatePasswordRules(text.normalize("NFC")),
        );
      }),
    );
  });
  test("is never short, long or weak if valid, and has a reason if invalid", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80, unit: "binary" }), (password) => {
        const verdict = validatePasswordRules(password);
        expect(verdict.valid).toBe(verdict.details === "");
        if (!verdict.valid) return;
        const bytes = Buffer.byteLength(normalizePassword(password));
        expect(bytes >= 8 && bytes <= 64).toBe(true);
        expect(entropy(normalizePassword(password))).toBeGreaterThanOrEqual(52);
      }),
      { numRuns: 300 },
    );
  });
  test("grows no weaker by what is added to it", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (start, more) => {
        expect(entropy(start + more)).toBeGreaterThanOrEqual(entropy(start));
      }),
    );
  });
  test("gains less by each repetition of a letter than any two letters bring", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 1 }),
        fc.integer({ min: 1, max: 64 }),
        (letter, times) => {
          expect(entropy(letter.repeat(times))).toBeLessThan(2 * Math.log2(100) + 1e-9);
        },
      ),
    );
  });
});

describe("a username", () => {
  test("of letters, digits and single hyphens between them is good", () => {
    const word = fc.stringMatching(/^[a-zA-Z0-9]{1,10}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 2, maxLength: 2 }), (words) => {
        expect(problemWithUsername(`${words.join("-")}-x`)).toBeUndefined();
      }),
    );
    expect(problemWithUsername("a".repeat(32))).toBeUndefined();
  });
  test.each([
    ["", /1 to 32/],
    ["a".repeat(33), /1 to 32/],
    ["-a", /hyphens/],
    ["a-", /hyphens/],
    ["a--b", /hyphens/],
    ["a b", /hyphens/],
    ["ada\n", /hyphens/],
    ["ädä", /hyphens/],
    ["me", /reserved/],
    ["ME", /reserved/],
    ["otp", /reserved/],
    ["first", /reserved/],
    ["validate-password", /reserved/],
  ])("%j is refused", (username, why) => expect(problemWithUsername(username)).toMatch(why));
});

describe("an email address", () => {
  test.each([
    "ada@example.com",
    "ada+belfry@sub.example.co.uk",
    "root@localhost",
    "o'hara@example.ie",
    "ü@bücher.example",
  ])("%j is one", (email) => expect(problemWithEmail(email)).toBeUndefined());
  test.each([
    "",
    "ada",
    "@example.com",
    "ada@",
    "ada @example.com",
    "ada@exa mple.com",
    "ada@example.com\nBcc: eve@example.com",
    "Ada <ada@example.com>",
    "a@b@c.example",
    ".ada@example.com",
    "ada..l@example.com",
    "ada@-example.com",
    "ada@example..com",
    "ada@example.com.",
    "ada\u0000@example.com",
    "ada@example.com,eve@example.com",
  ])("%j is none", (email) => expect(problemWithEmail(email)).toMatch(/must be an email address/));
  test("has at most 254 bytes", () => {
    expect(problemWithEmail(`${"a".repeat(242)}@example.com`)).toBeUndefined();
    expect(problemWithEmail(`${"a".repeat(243)}@example.com`)).toMatch(/255 bytes, at most 254/);
  });
  test("never carries what would break a mail's header", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        if (problemWithEmail(`${text}@example.com`) === undefined)
          expect(text).not.toMatch(/[\s<>,;:"\p{C}]/u);
      }),
    );
  });
});

test("a person's name is one line of at most 128 bytes", () => {
  for (const name of ["", "Ada Lovelace", "李小龍", "O'Hara 🦄"])
    expect(problemWithName(name)).toBeUndefined();
  expect(problemWithName("a".repeat(129))).toMatch(/129 bytes, at most 128/);
  for (const name of ["two\nlines", "a\u0000b", "\ud800"]) expect(problemWithName(name)).toMatch(/one line/);
});

describe("a search for users", () => {
  test("takes filters, words and quoted words, in any order", () => {
    expect(parseUserSearch('status:active ada role:owner,auditor "x y" role:"user-admin"')).toEqual({
      ok: true,
      search: { statuses: ["active"], roles: ["owner", "user-admin", "auditor"], words: ["ada", "x y"] },
    });
    const everybody = { ok: true, search: { statuses: undefined, roles: undefined, words: [] } };
    expect(parseUserSearch("")).toEqual(everybody);
    expect(parseUserSearch("  role:member ")).toEqual(everybody);
    expect(parseUserSearch("STATUS:active")).toMatchObject({ ok: false });
    expect(parseUserSearch("status:Suspended")).toMatchObject({ search: { statuses: ["suspended"] } });
    expect(parseUserSearch("status:dormant")).toMatchObject({ search: { statuses: [] } });
  });
  test.each([
    ["status:asleep", /unknown status "asleep"; use active, suspended/],
    ["role:king", /unknown role "king"/],
    ["shoe:42", /unknown filter "shoe"/],
    ["status:", /.*/],
  ])("%j is answered with words or taken as a word, never dropped", (q, why) => {
    const verdict = parseUserSearch(q);
    if (verdict.ok) expect(verdict.search.words).toEqual([q]);
    else expect(verdict.problem).toMatch(why);
  });
  test("never throws, and finds every plain word", () => {
    fc.assert(fc.property(fc.string(), (q) => void parseUserSearch(q)));
    const word = fc.stringMatching(/^[a-z@.%_]{1,10}$/);
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(parseUserSearch(words.join(" "))).toMatchObject({ ok: true, search: { words } });
      }),
    );
    expect(userStatuses).toEqual(["active", "suspended"]);
  });
});

describe("a token's lifetime", () => {
  const day = 86_400_000;
  test("is a week when nothing is asked for, and the most where that is less", () => {
    for (const wanted of [undefined, 0]) {
      expect(validateLifetime(wanted, 30 * day)).toEqual({ ok: true, seconds: 7 * 86_400 });
      expect(validateLifetime(wanted, day)).toEqual({ ok: true, seconds: 86_400 });
    }
  });
  test("is at least a second and at most the most", () => {
    expect(validateLifetime(1_000, day)).toEqual({ ok: true, seconds: 1 });
    expect(validateLifetime(day, day)).toEqual({ ok: true, seconds: 86_400 });
    expect(validateLifetime(999, day)).toMatchObject({ problem: expect.stringMatching(/one second/) });
    expect(validateLifetime(-day, day)).toMatchObject({ problem: expect.stringMatching(/one second/) });
    expect(validateLifetime(Number.NaN, day)).toMatchObject({ ok: false });
    expect(validateLifetime(day + 1, day)).toMatchObject({
      problem: expect.stringMatching(/24 h.*BELFRY_MAX_TOKEN_LIFETIME/),
    });
  });
  test("never outlasts what was asked for", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 * day }),
        fc.integer({ min: 1_000, max: 100 * day }),
        (wanted, most) => {
          const verdict = validateLifetime(wanted, most);
          if (verdict.ok) expect(verdict.seconds * 1_000).toBeLessThanOrEqual(Math.min(wanted, most));
        },
      ),
    );
  });
});

describe("a one-time passcode", () => {
  const secret = Buffer.from("12345678901234567890");

  test("has the digits of RFC 4226, appendix D", () => {
    const truncated = [
      1284755224, 1094287082, 137359152, 1726969429, 1640338314, 868254676, 1918287922, 82162583, 673399871,
      645520489,
    ];
    for (const [counter, value] of truncated.entries())
      expect(hotpDigits(secret, counter)).toBe(String(value % 100_000_000).padStart(8, "0"));
  });
  test("is read as people type it, and nothing else is", () => {
    const chance = (below: number) => below - 1;
    const code = { selector: createSelector(chance), digits: "00000042" };
    expect(formatPasscode(code)).toBe("9999-00000042");
    for (const text of [formatPasscode(code), " 9999 00000042 ", "999900000042", "9999-0000 0042"])
      expect(parsePasscode(text)).toEqual(code);
    for (const text of [
      "9999‐00000042",
      "9999–00000042",
      "9999−00000042",
      "\u200B9999-\u200D00000042\uFEFF",
      "９９９９－０００００042",
      "\u00A09999-00000042\n",
      "“9999-00000042”.",
      "'9999-00000042'",
      "«9999-0000\u00AD0042»",
      "`9999-00000042`",
    ])
      expect(parsePasscode(text), JSON.stringify(text)).toEqual(code);
    expect(parsePasscode("abcd-00000042")?.selector).toBe("ABCD");
    for (const text of ["", "9999", "9999-0000004", "9999-000000421", "9999-0000004x", crypto.randomUUID()])
      expect(parsePasscode(text), text).toBeUndefined();
  });
  test("is right only digit for digit", () => {
    expect(equalDigits("12345678", "12345678")).toBe(true);
    for (const wrong of ["", "1234567", "12345679", "123456780"])
      expect(equalDigits(wrong, "12345678")).toBe(false);
  });
  test("of any letters is read again", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(30), { minLength: 4, maxLength: 4 }),
        fc.nat(99_999_999),
        (picks, number) => {
          let at = 0;
          const selector = createSelector(() => picks[at++]!);
          const code = { selector, digits: String(number).padStart(8, "0") };
          expect(parsePasscode(formatPasscode(code))).toEqual(code);
        },
      ),
    );
  });
});
