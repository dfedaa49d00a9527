// Classifies the errors of a file and of a server when a batch fails, so that callers see one kind of error.

export type DatabaseErrorKind =
  /** Busy, disconnected, timed out, refused or full: not a bug; the caller can retry later. */
  | "unavailable"
  /** A table or column is missing: the migrations have not run. */
  | "schema"
  /** A UNIQUE, CHECK, NOT NULL or FOREIGN KEY constraint failed; the message is SQLite's. */
  | "constraint"
  /** A value, a statement or a result exceeded the database's limits. */
  | "too_large"
  /** The guard at the start of the batch (statements.ts) did not hold. */
  | "guard"
  /** Anything else: a bug in a statement. */
  | "statement";

/** SQLite repeats this in its error when a batch's guard fails. */
export const guardFailure = "belfry:guard";

/** A failed batch. Nothing of it is stored, unless it is `unavailable`: the response can have been lost after the commit. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly kind: DatabaseErrorKind;
  /** Whether a retry can succeed. */
  readonly isPassing: boolean;
  /** The client's or the server's error code, or empty. */
  readonly code: string;
  constructor(kind: DatabaseErrorKind, message: string, cause: unknown, isPassing = false) {
    super(message, { cause });
    this.kind = kind;
    this.isPassing = isPassing;
    this.code = codeOf(cause);
  }
}

/** A server, or a proxy in front of it, rejected a whole request. */
export class ServerRefusal extends Error {
  override readonly name = "ServerRefusal";
  readonly status: number;
  constructor(status: number, detail: string) {
    super(`the database server answered ${status}${detail === "" ? "" : `: ${detail.slice(0, 200)}`}`);
    this.status = status;
  }
}

/** A statement of a request failed on the server. */
export class ServerFailure extends Error {
  override readonly name = "ServerFailure";
  readonly code: string;
  constructor({ message, code }: { message: string; code: string | null }) {
    super(message);
    this.code = code ?? "";
  }
}

/** This process closed the client. */
export class ClientClosed extends Error {
  override readonly name = "ClientClosed";
  readonly code = "CLIENT_CLOSED";
  constructor() {
    super("the client is closed");
  }
}

const passingCodes = new Set([
  "SQLITE_BUSY",
  "SQLITE_LOCKED",
  "SQLITE_PROTOCOL",
  "SQLITE_IOERR",
  "SQLITE_NOMEM",
  "SQLITE_INTERRUPT",
  "TRANSACTION_TIMEOUT",
  "STREAM_EXPIRED",
  "HRANA_CLOSED_ERROR",
  "HRANA_PROTO_ERROR",
  // While the client itself is open, only its connection was replaced.
  "CLIENT_CLOSED",
]);
const lastingCodes = new Set([
  "SQLITE_FULL",
  "SQLITE_READONLY",
  "SQLITE_CANTOPEN",
  "SQLITE_PERM",
  "SQLITE_CORRUPT",
  "SQLITE_NOTADB",
  // The path no longer leads to the file that was opened (src/runtime/file-guard.ts).
  "FILE_REPLACED",
  // A hosted server's code for an exhausted quota.
  "BLOCKED",
]);
const passingStatuses = new Set([408, 425, 429]);

export function toDatabaseError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const message = withoutCodes(error instanceof Error ? error.message : String(error));
  const [kind, isPassing = false] = classify(error, message);
  return new DatabaseError(kind, message, error, isPassing);
}

function classify(error: unknown, message: string): [kind: DatabaseErrorKind, isPassing?: boolean] {
  const code = primaryCode(codeOf(error));
  if (error instanceof ServerRefusal) return classifyStatus(error.status);
  if (passingCodes.has(code)) return ["unavailable", true];
  if (lastingCodes.has(code)) return ["unavailable"];
  if (code === "SQLITE_CONSTRAINT") return ["constraint"];
  if (message.includes(guardFailure)) return ["guard"];
  if (/no such (table|column)|has no column named/.test(message)) return ["schema"];
  if (
    /TOO_?(BIG|LARGE)/.test(code) ||
    /too (big|large)|too many SQL variables|safely represented/.test(message)
  )
    return ["too_large"];
  return isNetworkFailure(error) ? ["unavailable", true] : ["statement"];
}

/** The primary code of an extended one, like SQLITE_BUSY of SQLITE_BUSY_SNAPSHOT. */
export const primaryCode = (code: string): string => /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code;

function classifyStatus(status: number): [kind: DatabaseErrorKind, isPassing?: boolean] {
  if (status === 413) return ["too_large"];
  if (status === 400) return ["statement"];
  return ["unavailable", status >= 500 || passingStatuses.has(status)];
}

/** SQLite's message alone: a server and its client each put a code in front of it. */
const withoutCodes = (message: string) =>
  message.replace(/^([A-Z_]{3,}: )+/, "").replace(/^(SQLite|SQL input) error: /, "");

/** `fetch` throws a TypeError for a failed connection, a DOMException for a timeout, a SyntaxError for a truncated response. */
function isNetworkFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (["TimeoutError", "AbortError", "SyntaxError"].includes(error.name)) return true;
  const codes = /^(UND_ERR_|ERR_TLS_|CERT_|E(AI_AGAIN|CONN|HOST|NET|NOTFOUND|PIPE|PROTO|TIMEDOUT))/;
  const messages =
    /fetch failed|network|socket|side closed|client is closed|disconnected|terminated|timed? ?out/i;
  if (codes.test(codeOf(error)) || messages.test(error.message)) return true;
  return error.cause !== error && isNetworkFailure(error.cause);
}

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}
