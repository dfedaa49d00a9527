// belfry tokens remove: ends tokens by their names or ids.
import { segment } from "../../client.ts";
import { exit, Failure } from "../failure.ts";
import { defineCommand } from "../rules/command.ts";
import { nearest } from "../rules/nearest.ts";

export const remove = defineCommand({
  name: "remove",
  aliases: ["rm", "delete"],
  summary: "Remove tokens; what uses them is signed out at once",
  takes: "NAME…",
  least: 1,
  most: Infinity,
  examples: ["belfry tokens remove nightly-build"],
  options: {},
  async run(context, { words }) {
    const client = context.client();
    const tokens = await client.ask((routes) =>
      routes.users[":user"].keys.tokens.$get({ param: { user: "me" }, query: {} }),
    );
    // All names are looked at before the first one goes.
    const found = words.map((word) => {
      const token =
        tokens.find(({ token_name }) => token_name === word) ?? tokens.find(({ id }) => id === word);
      if (token !== undefined) return token;
      const near = nearest(
        word,
        tokens.map(({ token_name }) => token_name),
      );
      throw new Failure(
        exit.failed,
        `You have no token "${word}".${near === undefined ? "" : ` Did you mean "${near}"?`}`,
        "Nothing was removed. To see yours: belfry tokens list",
      );
    });
    for (const { id, token_name } of found) {
      const param = { user: "me", id: segment(id) };
      await client.ask((routes) => routes.users[":user"].keys[":id"].$delete({ param }));
      context.say(`Removed ${token_name}.`);
    }
  },
});
