// What the push channel reads and removes, and its keys.
import type { Deps } from "../../../kernel/deps.ts";
import { type ServerKey, serverKeyOf } from "./encryption.ts";
import type { PushAccess } from "./state.ts";
import {
  countVisiblePages,
  deleteSubscriptions,
  findInboxId,
  listSubscriptions,
} from "./store/subscriptions.ts";

/** Derived from the secret key: there is none to keep. */
export const serverKeys = ({ keysFor }: Pick<Deps, "keysFor">): Promise<ServerKey[]> =>
  Promise.all(keysFor("web push").map(serverKeyOf));

export const createPushAccess = (deps: Pick<Deps, "db" | "now" | "keysFor">): PushAccess => ({
  read: async ({ id, userId }) => {
    const { subscriptions, visible, inbox } = await deps.db.read({
      subscriptions: listSubscriptions(userId),
      visible: countVisiblePages(userId, deps.now()),
      inbox: findInboxId(id),
    });
    return { subscriptions, isWatching: visible[0]!.count > 0, inboxId: inbox[0]?.id };
  },
  remove: async (ids) => {
    if (ids.length > 0) await deps.db.write([deleteSubscriptions(JSON.stringify(ids))], {});
  },
  serverKeys: () => serverKeys(deps),
});
