// belfry admin accept-key: after the deployment's root key was lost for good, the one at hand becomes it.
import type { Context } from "../context.ts";
import { defineCommand } from "../rules/command.ts";

export const acceptKey = defineCommand({
  name: "accept-key",
  summary: "Take the secret key at hand for the right one, after the old one was lost",
  most: 0,
  details: [
    "Look for the old one first: if there is a copy, set it as BELFRY_SECRET_KEY, or put it back as belfry.key. What was",
    "made with it is lost otherwise: unsubscribe links in mails that have been sent no longer work.",
  ],
  examples: ["belfry admin accept-key"],
  options: {},
  run: (context) => run(context),
});

async function run(context: Context): Promise<void> {
  const [{ explained, withMachine }, { acceptKey: accept }] = await Promise.all([
    import("./machine.ts"),
    import("../../accounts/key-check.ts"),
  ]);
  await explained(context, () =>
    withMachine(context, async ({ deps }) => {
      await accept(deps);
      context.say("The key at hand is the deployment's from now on. It stands in the audit log.");
    }),
  );
}
