// A test of a receiver: one message now, and what it answered.
import type { Deps } from "../../kernel/deps.ts";
import { conflict, notFound } from "../../kernel/errors.ts";
import type { OutgoingMessage } from "../channels/channel.ts";
import { kinds } from "../kinds/kinds.ts";
import { followingFormats } from "./rules/formats/formats.ts";
import { everybodyRecipient, loneMessage } from "./rules/message.ts";
import { notDecrypted, postTest, type TestAnswer } from "./send.ts";
import { clearFailures, type ReceiverRow } from "./store/receivers.ts";
import { openTarget } from "./target.ts";

/** A receiver that accepts it gets what waits at once. Throws 404. */
export async function testReceiver(deps: Deps, receiver: ReceiverRow | undefined): Promise<TestAnswer> {
  if (receiver === undefined) throw notFound("Receiver");
  const target = await openTarget(deps, receiver);
  if (target === undefined) throw conflict(notDecrypted);
  const outgoing = testMessage(deps, receiver.name);
  const answer = await postTest(deps, receiver.format, target, outgoing, false);
  // Nobody is to be called for a test.
  if (followingFormats.includes(receiver.format) && answer.isAccepted)
    await postTest(deps, receiver.format, target, outgoing, true);
  if (answer.isAccepted) await deps.db.write(clearFailures(receiver.id, deps.now()), {});
  return answer;
}

const testMessage = (deps: Deps, name: string): OutgoingMessage => {
  const { id, name: kind } = kinds["test-notification"];
  return loneMessage({
    id: deps.newId(),
    recipient: everybodyRecipient,
    template: { id, name: kind },
    title: `Test notification for ${name}`,
    body: "This is a test notification. **No action needed.**",
    actions: [{ label: "View receivers", url: `${deps.config.accessUrl}/deployment/receivers` }],
  });
};
