// belfry preferences only-needs-me: one command for a quiet mailbox.
import { defineCommand, outputOption } from "../rules/command.ts";
import { printKinds } from "./channels.ts";

const param = { user: "me" };

export const onlyNeedsMe = defineCommand({
  name: "only-needs-me",
  summary: "Get emails, browser and chat notifications only for what needs you",
  details: [
    "That is: what waits for you, such as a question of an AI agent, and what went wrong. All other kinds are only in your",
    "inbox. --undo restores all your kinds and channels as they were before.",
  ],
  examples: ["belfry preferences only-needs-me", "belfry preferences only-needs-me --undo"],
  options: { undo: { type: "boolean", text: "restore your preferences" }, ...outputOption },
  async run(context, { options }) {
    const kinds = await context.client().ask((routes) => {
      const preset = routes.users[":user"].notifications["only-needs-me"];
      return options.undo ? preset.$delete({ param }) : preset.$post({ param });
    });
    printKinds(context, kinds, options.output === "json");
    if (options.output === "json") return;
    context.log(options.undo ? "Restored." : "Done. To undo: belfry preferences only-needs-me --undo");
  },
});
