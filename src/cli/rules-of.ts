// The routes of the deployment's rules and of a user's own, as one.
import { segment } from "../client.ts";
import type { Context } from "./context.ts";
import { notFound } from "./failure.ts";

export interface Rule {
  name: string;
  position: number;
  filter: string;
  enabled: boolean;
  continue: boolean;
  suppress: boolean;
  channels: Channel[] | null;
  receivers: string[] | null;
  delay_seconds: number | null;
  digest: "daily" | "weekly" | null;
  escalate_after_seconds: number | null;
  escalate_to: string[] | null;
  problems: string[];
}

export const channelNames = ["inbox", "smtp", "webhook", "push"] as const;
export type Channel = (typeof channelNames)[number];

export type RuleFields = Partial<Omit<Rule, "problems">>;

/** `user`: whose own; undefined: the deployment's. */
export function rulesOf(context: Context, user: string | undefined) {
  const client = context.client();
  const list = (): Promise<Rule[]> =>
    user === undefined
      ? client.ask((routes) => routes.notifications.rules.$get())
      : client.ask((routes) =>
          routes.users[":user"].notifications.rules.$get({ param: { user: segment(user) } }),
        );
  return {
    list,
    create: (json: RuleFields & { name: string }): Promise<Rule> =>
      user === undefined
        ? client.ask((routes) => routes.notifications.rules.$post({ json }))
        : client.ask((routes) =>
            routes.users[":user"].notifications.rules.$post({ param: { user: segment(user) }, json }),
          ),
    change: (name: string, json: RuleFields): Promise<Rule> =>
      user === undefined
        ? client.ask((routes) =>
            routes.notifications.rules[":rule"].$patch({ param: { rule: segment(name) }, json }),
          )
        : client.ask((routes) =>
            routes.users[":user"].notifications.rules[":rule"].$patch({
              param: { user: segment(user), rule: segment(name) },
              json,
            }),
          ),
    remove: (name: string): Promise<unknown> =>
      user === undefined
        ? client.ask((routes) =>
            routes.notifications.rules[":rule"].$delete({ param: { rule: segment(name) } }),
          )
        : client.ask((routes) =>
            routes.users[":user"].notifications.rules[":rule"].$delete({
              param: { user: segment(user), rule: segment(name) },
            }),
          ),
    /** The name as it is stored. Fails with what is near. */
    async find(word: string, unchanged: string): Promise<string> {
      const names = (await list()).map(({ name }) => name);
      const name = names.find((one) => one === word.toLowerCase());
      if (name !== undefined) return name;
      const command = `belfry rules list${user === undefined ? "" : ` --user ${user}`}`;
      throw notFound("Rule", word, names, `${unchanged} List rules: ${command}`);
    },
  };
}
