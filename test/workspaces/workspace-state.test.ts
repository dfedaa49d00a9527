// Sealing what Terraform remembers: opened with the key in force or the one before, for its own workspace only.
import { expect, test } from "vitest";
import type { Deps } from "../../src/kernel/deps.ts";
import { createKeys } from "../../src/kernel/crypto.ts";
import { sealState, unsealState } from "../../src/workspaces/jobs/held-job.ts";

const root = (byte: number) => Buffer.alloc(32, byte).toString("base64");
const depsWith = (current: number, previous?: number) =>
  ({ keysFor: createKeys(root(current), previous === undefined ? undefined : root(previous)) }) as Deps;
const plain = new TextEncoder().encode("a password of somebody's database");

test("a state is opened with the key in force, and after an exchange with the one before", async () => {
  const sealed = new Uint8Array(await sealState(depsWith(1), "web", plain));
  expect(Buffer.from(sealed).includes("password")).toBe(false);
  expect(await unsealState(depsWith(1), "web", sealed)).toEqual(plain);
  expect(await unsealState(depsWith(2, 1), "web", sealed)).toEqual(plain);
  await expect(unsealState(depsWith(2), "web", sealed)).rejects.toThrow("can't be opened");
});

test("a state is no other workspace's, and not what somebody has changed", async () => {
  const sealed = new Uint8Array(await sealState(depsWith(1), "web", plain));
  await expect(unsealState(depsWith(1), "api", sealed)).rejects.toThrow("can't be opened");
  const changed = sealed.with(20, sealed[20]! ^ 1);
  await expect(unsealState(depsWith(1), "web", changed)).rejects.toThrow("can't be opened");
});

test("the same state is sealed differently each time", async () => {
  expect(await sealState(depsWith(1), "web", plain)).not.toEqual(await sealState(depsWith(1), "web", plain));
});
