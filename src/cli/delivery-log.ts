// The delivery log, page after page, and one of its messages by the end of its id. What lists, explains and sends again
// calls it.
import type { Client, Message, MessageWithAttempts } from "../client.ts";
import { exit, Failure } from "./failure.ts";
import { isIdEnd } from "./rules/short-id.ts";
import type { Status } from "./rules/message-lines.ts";

export interface LogFilter {
  status?: Status;
  /** An id. */
  template?: string;
  user?: string;
  event?: string;
}

const pageSize = "200";

/** The newest ones until `enough` says so; it sees what is there after each page. */
export async function readLog(
  client: Client,
  filter: LogFilter,
  enough: (messages: Message[]) => boolean,
): Promise<Message[]> {
  const messages: Message[] = [];
  let before: string | null | undefined;
  while (before !== null) {
    const query = { ...filter, limit: pageSize, ...(before === undefined ? {} : { before }) };
    const page = await client.ask((routes) => routes.notifications.messages.$get({ query }));
    messages.push(...page.messages);
    before = enough(messages) ? null : page.next;
  }
  return messages;
}

export const readMessage = (client: Client, id: string): Promise<MessageWithAttempts> =>
  client.ask((routes) => routes.notifications.messages[":id"].$get({ param: { id } }));

/** Messages among which the end of an id is looked for. */
const reach = 2_000;

/** A whole id is taken as it is. */
export async function fullMessageId(client: Client, word: string): Promise<string> {
  const end = word.toLowerCase();
  if (!isIdEnd(end))
    throw new Failure(exit.usage, `"${word}" is no id.`, "To see them: belfry notifications list --all");
  if (end.length === 36) return end;
  const isMeant = ({ id }: Message) => id.endsWith(end);
  const messages = await readLog(client, {}, (read) => read.some(isMeant) || read.length >= reach);
  const matches = messages.filter(isMeant);
  if (matches.length === 1) return matches[0]!.id;
  throw new Failure(
    exit.failed,
    matches.length === 0
      ? `There is no message ${word} among the newest ${messages.length} of the delivery log.`
      : `${matches.length} messages end in ${word}. Give more of the id.`,
    "To see them: belfry notifications list --all",
  );
}
