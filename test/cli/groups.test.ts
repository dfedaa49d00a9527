// belfry groups: list, show, create, edit, add, remove and delete.
import { expect, test } from "vitest";
import { runCommand } from "../support/command.ts";
import { addUser, signInFirst, startTestServer } from "../support/server.ts";

test("a group is created, filled, shown, renamed and deleted", async () => {
  const server = await startTestServer();
  const { token } = await signInFirst(server);
  for (const name of ["mia", "bob", "eve"]) await addUser(server, name);
  const belfry = (...args: string[]) =>
    runCommand(["groups", ...args], {
      environment: { BELFRY_URL: server.url, BELFRY_SESSION_TOKEN: token },
    });
  const rows = async (...args: string[]) =>
    (await belfry(...args)).stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/ {2,}/).map((cell) => cell.trim()));
  expect((await belfry("list")).stderr).toBe("No groups found. Create one: belfry groups create NAME\n");
  expect((await belfry("create", "sre", "mia", "--display-name", "Reliability")).stderr).toBe(
    "Created group sre (Reliability), 1 member.\n",
  );
  expect((await belfry("add", "sre", "bob", "eve")).stderr).toBe(
    "Updated group sre (Reliability), 3 members.\n",
  );
  expect((await belfry("remove", "sre", "eve")).stderr).toBe("Updated group sre (Reliability), 2 members.\n");
  expect(await rows("list")).toEqual([
    ["NAME", "DISPLAY NAME", "MEMBERS"],
    ["sre", "Reliability", "2"],
  ]);
  expect(await rows("show", "sre")).toEqual([
    ["Name: sre"],
    ["Display name: Reliability"],
    ["Members: 2"],
    ["USERNAME", "NAME", "EMAIL", "STATUS"],
    expect.arrayContaining(["active"]),
    expect.arrayContaining(["active"]),
  ]);
  expect((await belfry("edit", "sre", "--name", "ops", "--display-name", "")).stderr).toBe(
    "Updated group ops, 2 members.\n",
  );
  expect(JSON.parse((await belfry("show", "ops", "-o", "json")).stdout)).toMatchObject({
    name: "ops",
    members: expect.arrayContaining([
      expect.objectContaining({ username: "mia" }),
      expect.objectContaining({ username: "bob" }),
    ]),
  });
  const mistyped = await belfry("show", "osp");
  expect(mistyped.stderr).toBe(
    `belfry: Group "osp" not found. Did you mean "ops"?\nList groups: belfry groups list\n`,
  );
  const unknown = await belfry("create", "dev", "nobody");
  expect(unknown.stderr).toBe("belfry: USER: unknown user nobody\n");
  expect((await belfry("create", "dev")).stderr).toBe("Created group dev, 0 members.\n");
  expect((await belfry("edit", "dev", "--name", "a b")).stderr).toBe(
    "belfry: --name: use only letters, digits and single hyphens\n",
  );
  expect((await belfry("delete", "ops")).stderr).toBe("Deleted group ops.\n");
  expect(await rows("list", "--search", "de")).toEqual([
    ["NAME", "DISPLAY NAME", "MEMBERS"],
    ["dev", "0"],
  ]);
});
