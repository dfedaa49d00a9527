// belfry agent ready: a workspace has started; for use inside of it.
import { defineCommand } from "../rules/command.ts";
import { report, timeoutOption } from "./report.ts";

export const ready = defineCommand({
  name: "ready",
  summary: "Say that this workspace has started; what waits in a pool is handed out from then on",
  details: [
    "",
    "For use inside a workspace: BELFRY_URL is Belfry's address, BELFRY_AGENT_TOKEN the workspace's token. It asks again",
    "until Belfry answers and the workspace's build is done.",
  ],
  examples: ["belfry agent ready", "belfry agent ready --timeout 30m"],
  options: timeoutOption,
  async run(context, { options }) {
    await report(context, options.timeout, (client) =>
      client.ask((routes) =>
        routes.workspaceagents.me["report-lifecycle"].$post({
          json: { state: "ready", changed_at: new Date(context.now()).toISOString() },
        }),
      ),
    );
    context.say("Belfry knows that this workspace is ready.");
  },
});
