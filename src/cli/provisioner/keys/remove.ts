// belfry provisioner keys delete: revokes keys by their names.
import { segment } from "../../../client.ts";
import { exit, Failure } from "../../failure.ts";
import { defineCommand } from "../../rules/command.ts";
import { nearest } from "../../rules/nearest.ts";
import { organization } from "../../templates/find.ts";

export const deleteKey = defineCommand({
  name: "delete",
  aliases: ["rm", "remove", "revoke"],
  summary: "Revoke provisioner keys; jobs that have not begun go back to the queue",
  takes: "NAME…",
  least: 1,
  most: Infinity,
  examples: ["belfry provisioner keys delete rack-1"],
  options: {},
  async run(context, { words }) {
    const client = context.client();
    const keys = await client.ask((routes) =>
      routes.organizations[":organization"].provisionerkeys.$get({ param: { organization } }),
    );
    const names = keys.map(({ name }) => name);
    // All names are looked up before the first key is revoked.
    const found = words.map((word) => {
      const name = names.find((one) => one.toLowerCase() === word.toLowerCase());
      if (name !== undefined) return name;
      const near = nearest(word, names);
      throw new Failure(
        exit.failed,
        `NAME: there is no provisioner key "${word}".${near === undefined ? "" : ` Did you mean "${near}"?`}`,
        "Nothing was revoked. To list keys: belfry provisioner keys list",
      );
    });
    for (const name of found) {
      const param = { organization, name: segment(name) };
      await client.ask((routes) =>
        routes.organizations[":organization"].provisionerkeys[":name"].$delete({ param }),
      );
      context.say(`Revoked ${name}.`);
    }
  },
});
