// belfry templates activate: chooses which version new workspaces are made from.
import { exit, Failure } from "../failure.ts";
import { defineCommand } from "../rules/command.ts";
import { nearest } from "../rules/nearest.ts";
import { plainLine } from "../rules/text.ts";
import { findTemplate } from "./find.ts";

export const activate = defineCommand({
  name: "activate",
  summary: "Make one of a template's versions the active one",
  takes: "NAME VERSION",
  least: 2,
  examples: ["belfry templates activate docker quiet_otter12"],
  options: {},
  async run(context, { words }) {
    const [name, wanted] = words as [string, string];
    const client = context.client();
    const { id, name: known } = await findTemplate(client, name);
    const versions = await client.ask((routes) =>
      routes.templates[":id"].versions.$get({ param: { id }, query: {} }),
    );
    const version = versions.find(
      (one) => one.name.toLowerCase() === wanted.toLowerCase() || one.id === wanted,
    );
    if (version === undefined) {
      const names = versions.map((one) => one.name);
      const near = nearest(wanted, names);
      throw new Failure(
        exit.failed,
        `${known} has no version "${wanted}".${near === undefined ? "" : ` Did you mean "${near}"?`}`,
        `It has ${names.slice(-10).join(", ")}.`,
      );
    }
    await client.ask((routes) =>
      routes.templates[":id"].versions.$patch({ param: { id }, json: { id: version.id } }),
    );
    context.say(plainLine(`${version.name} is the active version of ${known}.`));
  },
});
