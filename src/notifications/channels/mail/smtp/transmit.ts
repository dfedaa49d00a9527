// One message over an open session: MAIL, RCPT, DATA, and the dot-stuffed text.
import type { MailStage } from "../rules/mail-reply.ts";
import { isAscii } from "../rules/mailbox.ts";
import { type Reply, type Wire, MailFailure, refusal } from "./connection.ts";
/** The extensions that the server offers: keywords in capitals, with their parameters. */
export type Extensions = ReadonlyMap<string, string[]>;

export interface Envelope {
  /** Addresses alone, without names. */
  from: string;
  to: string;
  /** Headers and body. */
  message: string;
}

interface Step {
  line: string;
  stage: MailStage;
  after: string;
  expected: number;
}

const reset: Step = { line: "RSET", stage: "reset", after: "after RSET", expected: 250 };
const sender = (from: string, parameters: string): Step => ({
  line: `MAIL FROM:<${from}>${parameters}`,
  stage: "sender",
  after: "after MAIL FROM",
  expected: 250,
});

/** Asks whether the server accepts mail from this address; nothing is sent. */
export async function trySender(
  wire: Wire,
  from: string,
  extensions: Extensions,
  signal: AbortSignal,
): Promise<string> {
  const { line, after, stage } = sender(from, parametersOf({ from, to: "", message: "" }, 0, extensions));
  const reply = await wire.ask(line, after, signal);
  if (reply.code !== 250) throw refusal(reply, after, stage);
  await runSteps(wire, false, signal, [reset]);
  return `${reply.code} ${reply.text}`.trim();
}

/** `needsReset`: the session's last message was not accepted. */
export async function transmit(
  wire: Wire,
  extensions: Extensions,
  envelope: Envelope,
  needsReset: boolean,
  signal: AbortSignal,
): Promise<string> {
  const data = new TextEncoder().encode(`${toData(envelope.message)}.\r\n`);
  const parameters = parametersOf(envelope, data.length - ".\r\n".length, extensions);
  await runSteps(wire, extensions.has("PIPELINING"), signal, [
    ...(needsReset ? [reset] : []),
    sender(envelope.from, parameters),
    { line: `RCPT TO:<${envelope.to}>`, stage: "recipient", after: "after RCPT TO", expected: 250 },
    { line: "DATA", stage: "data", after: "after DATA", expected: wantsText },
  ]);
  try {
    await wire.send(data, "after the message", signal);
    const reply = await wire.reply("after the message", signal);
    if (reply.code !== 250) throw refusal(reply, "after the message", "message");
    return `${reply.code} ${reply.text}`.trim();
  } catch (error) {
    if (!(error instanceof MailFailure)) throw error;
    // The server may have accepted it: without `untouched`.
    const { kind, about, broken } = error;
    throw new MailFailure(error.message, { kind, about, broken });
  }
}

/** The reply to DATA: the text comes next. */
const wantsText = 354;

/** Sends steps one by one, or pipelined (RFC 2920; DATA comes last). Throws the first refusal. */
async function runSteps(wire: Wire, isPipelined: boolean, signal: AbortSignal, steps: Step[]): Promise<void> {
  let first: MailFailure | undefined;
  if (isPipelined) await wire.send(steps.map(({ line }) => `${line}\r\n`).join(""), steps[0]!.after, signal);
  for (const step of steps) {
    const reply = isPipelined
      ? await wire.reply(step.after, signal)
      : await wire.ask(step.line, step.after, signal);
    if (!isAsExpected(reply, step)) first ??= refusal(reply, step.after, step.stage);
    if (first !== undefined && (first.broken || !isPipelined)) throw first;
    // It waits for a text that nobody is to get: only closing ends that.
    if (first !== undefined && reply.code === wantsText) {
      const { message, kind, about } = first;
      throw new MailFailure(message, { kind, about, broken: true });
    }
  }
  if (first !== undefined) throw first;
}

/** RCPT may also answer 251 (will forward) or 252 (will try). */
const isAsExpected = ({ code }: Reply, { expected }: Step): boolean =>
  code === expected || (expected === 250 && (code === 251 || code === 252));

function parametersOf({ from, to }: Envelope, size: number, extensions: Extensions): string {
  const limit = Number(extensions.get("SIZE")?.[0] ?? 0);
  if (limit > 0 && size > limit) {
    throw new MailFailure(`the message has ${size} bytes, the server accepts ${limit}`, {
      kind: "permanent",
      about: "message",
    });
  }
  const parameters = size > 0 && extensions.has("SIZE") ? ` SIZE=${size}` : "";
  if (isAscii(from) && isAscii(to)) return parameters;
  if (!extensions.has("SMTPUTF8")) {
    const message = "the server does not accept addresses outside ASCII (it does not offer SMTPUTF8)";
    throw isAscii(from)
      ? new MailFailure(message, { kind: "permanent", about: "recipient" })
      : new MailFailure(`${message}: check BELFRY_EMAIL_FROM`, { about: "sender" });
  }
  return `${parameters} SMTPUTF8${extensions.has("8BITMIME") ? " BODY=8BITMIME" : ""}`;
}

/** Every line ends in CRLF (servers differ in what else ends a line); a leading dot is doubled. */
export function toData(message: string): string {
  // To look is cheaper than to replace what is right already.
  const lines = /(?<!\r)\n|\r(?!\n)/.test(message) ? message.replaceAll(/\r\n|\r|\n/g, "\r\n") : message;
  const stuffed = lines.replace(/^\./, "..").replaceAll("\r\n.", "\r\n..");
  return stuffed.endsWith("\r\n") ? stuffed : `${stuffed}\r\n`;
}
