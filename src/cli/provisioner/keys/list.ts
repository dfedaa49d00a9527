// belfry provisioner keys list: the keys of provisioners, without their secrets.
import { defineCommand, outputOption } from "../../rules/command.ts";
import { ageWords } from "../../rules/duration.ts";
import { table } from "../../rules/table.ts";
import { organization } from "../../templates/find.ts";

export const listKeys = defineCommand({
  name: "list",
  aliases: ["ls"],
  summary: "List provisioner keys: when each was last used, and the jobs it holds",
  examples: ["belfry provisioner keys list", "belfry provisioner keys list --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const keys = await context
      .client()
      .ask((routes) =>
        routes.organizations[":organization"].provisionerkeys.$get({ param: { organization } }),
      );
    if (options.output === "json") return context.printJson(keys);
    if (keys.length === 0)
      return context.say(
        "There are no provisioner keys. Create one with: belfry provisioner keys create NAME",
      );
    const now = context.now();
    const rows = keys.map((key) => [
      key.name,
      key.created_by,
      ageWords(key.created_at, now),
      key.last_used_at === null ? "never" : ageWords(key.last_used_at, now),
      key.last_used_address ?? "",
      String(key.jobs),
    ]);
    const [headings, ...lines] = table(["NAME", "CREATED BY", "CREATED", "LAST USED", "FROM", "JOBS"], rows);
    context.print(context.bold(headings!));
    for (const line of lines) context.print(line);
  },
});
