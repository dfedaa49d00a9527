// Resends a message that failed permanently, with a new round of attempts.
import type { Statement } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { conflict } from "../../kernel/errors.ts";
import { wakeAfterWrite } from "../outbox/notify.ts";
import { findMessageStates } from "../outbox/store/outbox.ts";
import { findMessage, requeueMessage, type MessageRow } from "./store/log.ts";

export interface ResendOptions {
  /** Whose view of the message is returned. */
  viewer: Parameters<typeof findMessage>[0];
  /** Written with it. */
  entry: Statement;
}

/** Returns the message as it is then. Throws 409 if it is not one that can be resent. */
export async function resendMessage(
  deps: Deps,
  { id, status, expiresAt }: Pick<MessageRow, "id" | "status" | "expiresAt">,
  { viewer, entry }: ResendOptions,
): Promise<MessageRow> {
  if (status !== "permanent_failure")
    throw conflict(`The message is "${status}"; only a message that failed permanently can be sent again.`);
  if (expiresAt !== null) throw conflict("Expired; not resent.");
  const { message, states } = await deps.db.write([requeueMessage(id, deps.now()), entry], {
    message: findMessage(viewer, id),
    states: findMessageStates([id]),
  });
  wakeAfterWrite(deps, states);
  return message[0]!;
}
