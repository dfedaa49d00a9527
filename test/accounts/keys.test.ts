// The root key: where it comes from, what is derived from it, and the tokens that are made with it.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError, parseConfig } from "../../src/config/config.ts";
import { createKeys } from "../../src/kernel/crypto.ts";
import {
  createUnsubscribeToken,
  readUnsubscribeToken,
} from "../../src/notifications/preferences/unsubscribe.ts";
import { openKeys } from "../../src/runtime/prepare.ts";
import { temporaryFolder } from "../support/program.ts";

const root = Buffer.alloc(32, 1).toString("base64");
const other = Buffer.alloc(32, 2).toString("base64");
const configure = (environment: Record<string, string>) => parseConfig(environment, () => {});

describe("the root key", () => {
  test("is made once beside an embedded database, for its user alone", async () => {
    const folder = await temporaryFolder();
    const config = configure({ BELFRY_DATABASE_URL: `file:${join(folder, "belfry.db")}` });
    const keys = openKeys(config)("x");
    expect(openKeys(config)("x")).toEqual(keys);
    expect((await stat(join(folder, "belfry.key"))).mode & 0o777).toBe(0o600);
    expect(Buffer.from(await readFile(join(folder, "belfry.key"), "utf8"), "base64")).toHaveLength(32);
  });

  test.each([{ BELFRY_HTTP_ADDRESS: "0.0.0.0:4747" }, { BELFRY_DATABASE_URL: "https://db.example.com" }])(
    "must be given for %j, and the words say how to make one",
    async (environment) => {
      const folder = await temporaryFolder();
      const config = configure({ BELFRY_DATABASE_URL: `file:${join(folder, "belfry.db")}`, ...environment });
      expect(() => openKeys(config)).toThrow(ConfigError);
      expect(() => openKeys(config)).toThrow("openssl rand -base64 32");
      expect(() => openKeys(configure({ ...environment, BELFRY_SECRET_KEY: root }))).not.toThrow();
    },
  );

  test("that is too short is refused, and not repeated", () => {
    expect(() => configure({ BELFRY_SECRET_KEY: "c2hvcnQ=" })).toThrow(
      /BELFRY_SECRET_KEY: must be at least 32 random bytes(?!.*c2hvcnQ)/s,
    );
  });

  test("gives each purpose a key of its own, and the former one beside it", () => {
    const keys = createKeys(root, other);
    expect(keys("a")).toHaveLength(2);
    expect(keys("a")[0]).not.toEqual(keys("b")[0]);
    expect(keys("a")[1]).toEqual(createKeys(other)("a")[0]);
    expect(keys("a")[0]).toHaveLength(32);
  });
});

describe("unsubscribe tokens", () => {
  const subscription = {
    userId: "01a2004d-363e-7641-a85c-39ba89bf9018",
    templateId: "39b1e189-c857-4b0c-877a-511144c18516",
  };
  const deps = { keysFor: createKeys(root) };
  const token = createUnsubscribeToken(deps, subscription);

  test("are read back, also after the key was exchanged, and only with a right key", () => {
    expect(token).toMatch(/^[\w-]{64}$/);
    expect(readUnsubscribeToken(deps, token)).toEqual(subscription);
    expect(readUnsubscribeToken({ keysFor: createKeys(other, root) }, token)).toEqual(subscription);
    expect(readUnsubscribeToken({ keysFor: createKeys(other) }, token)).toBeUndefined();
  });

  test("can't be changed in any place", () => {
    const bytes = Buffer.from(token, "base64url");
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= change;
        expect(readUnsubscribeToken(deps, changed.toString("base64url"))).toBeUndefined();
      }),
    );
    for (const nonsense of ["", "x", token.slice(1), `${token}AAAA`])
      expect(readUnsubscribeToken(deps, nonsense)).toBeUndefined();
  });
});
