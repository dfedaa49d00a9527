// What a command throws when it can't do its work, and how every error becomes words and an exit code.
import { ClientError } from "../client.ts";
import { NoUrlError } from "./rules/server.ts";
import { plain } from "./rules/text.ts";

export const exit = { failed: 1, usage: 2, signedOut: 3, unreachable: 4 } as const;

export class Failure extends Error {
  readonly code: number;
  /** What to do next. */
  readonly hint: string | undefined;
  constructor(code: number, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

export interface Told {
  code: number;
  lines: string[];
}

/** Throws again what is a bug. */
export function tell(error: unknown): Told {
  if (error instanceof Failure) {
    return { code: error.code, lines: [error.message, ...(error.hint === undefined ? [] : [error.hint])] };
  }
  if (error instanceof NoUrlError) return { code: exit.usage, lines: [error.message] };
  if (!(error instanceof ClientError)) throw error;
  return { code: codeOf(error), lines: linesOf(error).map(plain) };
}

function codeOf({ status, isBelfry }: ClientError): number {
  if (status === undefined || !isBelfry) return exit.unreachable;
  return status === 401 ? exit.signedOut : exit.failed;
}

function linesOf({ message, detail, validations, requestId, status }: ClientError): string[] {
  // With one validation the message says it already.
  const fields = validations
    .map(({ field, detail: why }) => `${field}: ${why}`)
    .filter((line) => !message.includes(line));
  const isServersFault = (status ?? 0) >= 500 && requestId !== undefined;
  return [
    message,
    ...(detail === undefined ? [] : [detail]),
    ...fields.map((line) => `  ${line}`),
    ...(isServersFault && detail?.includes(requestId) !== true ? [`Request ${requestId}.`] : []),
  ];
}
