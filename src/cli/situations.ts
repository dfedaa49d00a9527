// belfry situations: what is the matter now, or was.
import { resolvedLabel } from "../notifications/situations/rules/situation.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { formatAge } from "./rules/time.ts";

export const situations = defineCommand({
  name: "situations",
  summary: "List what lasts: stopped prebuilds, drift, waiting tasks, gone receivers",
  examples: ["belfry situations", "belfry situations --resolved"],
  options: { resolved: { type: "boolean", text: "what is over, instead of what is open" }, ...outputOption },
  async run(context, { options }) {
    const state = options.resolved ? "resolved" : "open";
    const answer = await context.client().ask((routes) => routes.situations.$get({ query: { state } }));
    if (options.output === "json") return context.printJson(answer);
    if (answer.situations.length === 0)
      return context.log(state === "open" ? "Nothing is the matter." : "Nothing was resolved.");
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
