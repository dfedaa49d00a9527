// Signed API keys, and who can have which.
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { siteRoles } from "../../../db/schema.ts";
import {
  keyIdForSecret,
  parseCredential,
  parseUnsignedUntil,
  unknownUntil,
} from "../../../src/accounts/rules/api-key.ts";
import { isLocalCaller } from "../../../src/accounts/rules/one-time-codes.ts";
import {
  canAssignRole,
  rolesThatCanAssign,
  rolesWithPermission,
  scopesThatAllow,
} from "../../../src/accounts/rules/permissions.ts";

test("a key is signed if its id belongs to its secret under a key of the server", () => {
  const [current, former, other] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const secrets = fc.string({
    unit: fc.constantFrom(..."abcXYZ019"),
    minLength: 22,
    maxLength: 22,
  });
  fc.assert(
    fc.property(secrets, fc.constantFrom(current, former), (secret, key) => {
      const id = keyIdForSecret(key, secret);
      expect(id).toMatch(/^[0-9A-Za-z]{10}$/);
      const isSigned = (keys: Uint8Array[]) => parseCredential(`${id}-${secret}`, keys)?.isSigned;
      expect(isSigned([current, former])).toBe(true);
      expect(isSigned([other])).toBe(false);
      expect(isSigned([])).toBe(false);
    }),
  );
});

test("the id of a secret is the same in every release", () => {
  expect(keyIdForSecret(new Uint8Array(32).fill(7), "a".repeat(22))).toBe("4IOHCB3tWL");
});

test("until when unsigned keys are valid is unknown before the first tick", () => {
  expect(parseUnsignedUntil(undefined)).toEqual(unknownUntil);
  expect(parseUnsignedUntil('{"api":5,"provisioner":0}')).toEqual({ api: 5, provisioner: 0 });
});

test("SQL guards get the scopes and roles that allow something", () => {
  expect(scopesThatAllow("GET", "any")).toEqual(["all", "read"]);
  expect(scopesThatAllow("POST", "any")).toEqual(["all"]);
  expect(scopesThatAllow("POST", "notify-self")).toEqual(["all", "notify"]);
  expect(rolesWithPermission("audit:read")).toEqual(["owner", "auditor"]);
  fc.assert(
    fc.property(fc.subarray([...siteRoles]), (roles) => {
      const expected = siteRoles.filter((holder) =>
        roles.every((role) => canAssignRole({ roles: [holder] }, role)),
      );
      expect(rolesThatCanAssign(roles)).toEqual(expected);
    }),
  );
});

test("a host that is no host name is not local", () => {
  expect(isLocalCaller({ address: "127.0.0.1", host: "a:b:c", forwarded: false })).toBe(false);
});
