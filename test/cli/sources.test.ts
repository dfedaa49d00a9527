// belfry sources: list, create, rotate and delete.
import { expect, test } from "vitest";
import { coderMessage } from "../support/coder-messages.ts";
import { runCommand } from "../support/command.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";
import { postMessage } from "../support/sources.ts";

test("a source is created, listed, rotated and deleted", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  const belfry = (...args: string[]) =>
    runCommand(["sources", ...args], {
      environment: { BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token },
    });
  expect((await belfry("list")).stderr).toContain("No sources found. Create one: belfry sources create NAME");
  const created = await belfry("create", "prod");
  expect(created.stderr).toContain("Save this address; it is not shown again.");
  const address = created.stdout.trim();
  server.secret(address.split("/").at(-1)!);
  await addUser(server, "mia");
  expect((await postMessage(server, { address }, coderMessage())).status).toBe(204);
  const table = (await belfry("list")).stdout.split("\n").map((line) => line.split(/ {2,}/));
  expect(table[0]).toEqual([
    "NAME",
    "KIND",
    "STATUS",
    "CREATED",
    "LAST RECEIVED",
    "RECEIVED",
    "FOR UNKNOWN PEOPLE",
    "UNKNOWN PEOPLE",
  ]);
  expect([table[1]![0], table[1]![1], table[1]![2], table[1]![5], table[1]![6]]).toEqual([
    "prod",
    "coder",
    "enabled",
    "1",
    "0",
  ]);
  expect(JSON.parse((await belfry("list", "--output", "json")).stdout)).toMatchObject([{ name: "prod" }]);
  const taken = await belfry("create", "prod");
  expect([taken.code, taken.stderr.includes("already taken")]).toEqual([expect.any(Number), true]);
  const rotated = JSON.parse((await belfry("rotate", "prod", "--output", "json")).stdout) as {
    address: string;
  };
  server.secret(rotated.address.split("/").at(-1)!);
  expect(rotated.address).not.toBe(address);
  const wrong = await belfry("delete", "prod", "pord");
  expect(wrong.stderr).toContain("Nothing was deleted. List sources: belfry sources list");
  expect((await belfry("delete", "prod")).stderr).toContain("Deleted source prod.");
  expect((await belfry("rotate", "prod")).stderr).toContain("Nothing was changed.");
});
