// belfry waiting: what waits for you, as the page says it above the inbox.
import { formatResumeCommand } from "../prebuilds/reconcile/rules/pool-messages.ts";
import { defineCommand, outputOption } from "./rules/command.ts";
import { formatAge } from "./rules/time.ts";

interface Waiting {
  kind: string;
  id: string;
  name: string;
  template_name: string | null;
  app_url: string | null;
  transition: string | null;
}

export const waiting = defineCommand({
  name: "waiting",
  summary: "List what needs you, oldest first: agents, questions, failed builds, stopped prebuilds",
  examples: ["belfry waiting", "belfry waiting --output json"],
  options: { ...outputOption },
  async run(context, { options }) {
    const answer = await context
      .client()
      .ask((routes) => routes.users[":user"].waiting.$get({ param: { user: "me" }, query: {} }));
    if (options.output === "json") return context.printJson(answer);
    if (answer.count === 0) return context.log("Nothing is waiting for you.");
    const rows = answer.waiting.map((one) => [
      formatAge(one.since, context.now()),
      one.title,
      nextStep(one),
      one.detail,
    ]);
    context.printTable(["SINCE", "WHAT", "NEXT STEP", "DETAILS"], rows, { cut: true });
    const more = answer.count - answer.waiting.length;
    if (more > 0) context.log(`\nand ${more} more`);
  },
});

/** The app of a task or the link of a session is its answer; everything else has a command. */
function nextStep({ kind, id, name, template_name, app_url, transition }: Waiting): string {
  if (kind === "preset") return formatResumeCommand(template_name!, name);
  if (kind === "question") return `belfry answer ${id}`;
  if (kind === "agent") return app_url ?? "belfry agent list";
  if (kind === "task") return app_url ?? `belfry tasks show ${name}`;
  return `belfry workspaces ${transition ?? "start"} ${name}`;
}
