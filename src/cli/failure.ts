// Why a command failed, and how every error becomes lines for the user and an exit code.
import { ClientError } from "../client.ts";
import { suggest } from "./rules/names.ts";
import { InvalidUrlError } from "./rules/server.ts";
import { plain } from "./rules/text.ts";
import { typedName, type Typed } from "./rules/typed-names.ts";

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

/** `kind` is a noun like "Template"; `known` are the names that exist. */
export const notFound = (kind: string, name: string, known: readonly string[], hint: string): Failure =>
  new Failure(exit.failed, `${kind} "${name}" not found.${suggest(name, known)}`, hint);

export interface ErrorReport {
  code: number;
  lines: string[];
}

/** `typed`: the command, which knows under which names the fields of its requests were typed. Throws again what is a bug. */
export function describeError(error: unknown, typed: Typed = { options: {} }): ErrorReport {
  if (error instanceof Failure) {
    return { code: error.code, lines: [error.message, ...(error.hint === undefined ? [] : [error.hint])] };
  }
  if (error instanceof InvalidUrlError) return { code: exit.usage, lines: [error.message] };
  if (!(error instanceof ClientError)) throw error;
  return { code: exitCodeOf(error), lines: linesOf(error, typed).map(plain) };
}

function exitCodeOf({ status, isBelfry }: ClientError): number {
  if (status === undefined || !isBelfry) return exit.unreachable;
  return status === 401 ? exit.signedOut : exit.failed;
}

function linesOf(
  { message: given, detail, validations, requestId, status }: ClientError,
  typed: Typed,
): string[] {
  let message = given;
  // The message can contain a validation already.
  const fields = validations.flatMap(({ field, detail: why }) => {
    const line = `${typedName(field, typed) ?? field}: ${why}`;
    if (!given.includes(`${field}: ${why}`)) return [line];
    message = message.replace(`${field}: ${why}`, () => line);
    return [];
  });
  const isServerFault = (status ?? 0) >= 500 && requestId !== undefined;
  return [
    message,
    ...(detail === undefined ? [] : [detail]),
    ...fields.map((line) => `  ${line}`),
    ...(isServerFault && detail?.includes(requestId) !== true ? [`Request ID: ${requestId}`] : []),
  ];
}
