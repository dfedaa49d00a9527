// belfry situations: open problems, and those that are resolved.
import { resolvedLabel } from "../notifications/situations/rules/situation.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { formatAge } from "./rules/time.ts";

export const situations = defineCommand({
  name: "situations",
  summary: "List open problems: stopped prebuilds, drift, waiting agents, receivers that are gone",
  examples: ["belfry situations", "belfry situations --resolved"],
  options: { resolved: { type: "boolean", text: "list resolved problems" }, ...outputOption },
  async run(context, { options }) {
    const state = options.resolved ? "resolved" : "open";
    const answer = await context.client().ask((routes) => routes.situations.$get({ query: { state } }));
    if (options.output === "json") return context.printJson(answer);
    if (answer.situations.length === 0)
      return context.log(state === "open" ? "No open problems." : "No resolved problems.");
    const rows = answer.situations.map((one) => [
      formatAge(one.opened_at, context.now()),
      one.title ?? one.key,
      String(one.occurrences),
      formatAge(one.last_at, context.now()),
      ...(one.resolved_at === null ? [] : [endOf(one.opened_at, one.resolved_at, one)]),
    ]);
    const heads = ["SINCE", "WHAT", "TIMES", "LAST", ...(state === "resolved" ? ["RESOLVED"] : [])];
    context.printTable(heads, rows, { cut: true });
  },
});

const endOf = (
  openedAt: string,
  resolvedAt: string,
  { how, resolved_by: by }: { how: string | null; resolved_by: string | null },
): string =>
  resolvedLabel({ openedAt: Date.parse(openedAt), resolvedAt: Date.parse(resolvedAt), how, by }) ?? "";
