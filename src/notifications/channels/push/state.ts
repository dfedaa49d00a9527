// What the push channel is given: the browsers of a user, and our keys.
import type { ServerKey } from "./encryption.ts";
import type { PushSubscriptionRow } from "./store/subscriptions.ts";

export interface PushAccess {
  /** What a message of a user needs. */
  read: (message: { id: string; userId: string }) => Promise<PushState>;
  /** Removes subscriptions that have ended. */
  remove: (ids: readonly string[]) => Promise<void>;
  /** The key in force; after it, while keys are exchanged, the one before. */
  serverKeys: () => Promise<ServerKey[]>;
}

export interface PushState {
  subscriptions: Omit<PushSubscriptionRow, "userId" | "device" | "createdAt">[];
  /** Whether a page of the user is open and visible. */
  isWatching: boolean;
  /** The id of the notification in the inbox. */
  inboxId: string | undefined;
}
