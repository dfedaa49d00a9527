// One vocabulary for what a file and a server say when a batch fails.

export type DatabaseErrorKind =
  /** Busy, cut off, timed out, refused, full: nobody's bug; the caller may come again. */
  | "unavailable"
  /** A table or column is missing: the migrations have not run. */
  | "schema"
  /** A UNIQUE, CHECK, NOT NULL or FOREIGN KEY rule refused the write; the message is SQLite's own. */
  | "constraint"
  /** A value, a statement or an answer was over the database's limits. */
  | "too_large"
  /** The batch began with a guard (guard.ts) that did not hold. */
  | "guard"
  /** Anything else: a mistake in a statement. */
  | "statement";

/** What SQLite repeats in its error when a batch's guard fails. */
export const guardFailure = "belfry:guard";

/** A failed batch: nothing of it was kept, unless `unavailable`, when the answer may have been lost after the commit. */
export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  readonly kind: DatabaseErrorKind;
  /** Whether the same batch, sent again in a moment, may succeed. */
  readonly isPassing: boolean;
  /** The client's or the server's code for it; empty when there is none. */
  readonly code: string;
  constructor(kind: DatabaseErrorKind, message: string, cause: unknown, isPassing = false) {
    super(message, { cause });
    this.kind = kind;
    this.isPassing = isPassing;
    this.code = codeOf(cause);
  }
}

/** A server, or what stands before it, refused a whole request. */
export class ServerRefusal extends Error {
  override readonly name = "ServerRefusal";
  readonly status: number;
  constructor(status: number, words: string) {
    super(`the database server answered ${status}${words === "" ? "" : `: ${words.slice(0, 200)}`}`);
    this.status = status;
  }
}

/** A server took the request, and a statement of it failed. */
export class ServerFailure extends Error {
  override readonly name = "ServerFailure";
  readonly code: string;
  constructor({ message, code }: { message: string; code: string | null }) {
    super(message);
    this.code = code ?? "";
  }
}

/** The client was closed by this program. */
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
  // Only passing while the client as a whole is open: its connection was exchanged.
  "CLIENT_CLOSED",
]);
const lastingCodes = new Set([
  "SQLITE_FULL",
  "SQLITE_READONLY",
  "SQLITE_CANTOPEN",
  "SQLITE_PERM",
  "SQLITE_CORRUPT",
  "SQLITE_NOTADB",
  // The file that was opened is not the one that its name leads to (src/runtime/file-guard.ts).
  "FILE_REPLACED",
  // A hosted server's word for a quota that is used up.
  "BLOCKED",
]);
const passingStatuses = new Set([408, 425, 429]);

export function toDatabaseError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const message = plainWords(error instanceof Error ? error.message : String(error));
  const [kind, isPassing = false] = judge(error, message);
  return new DatabaseError(kind, message, error, isPassing);
}

function judge(error: unknown, message: string): [kind: DatabaseErrorKind, isPassing?: boolean] {
  const code = primaryCode(codeOf(error));
  if (error instanceof ServerRefusal) return judgeStatus(error.status);
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

/** SQLite's extended codes say more of a primary one: SQLITE_BUSY_SNAPSHOT, SQLITE_CONSTRAINT_UNIQUE. */
export const primaryCode = (code: string): string => /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code;

function judgeStatus(status: number): [kind: DatabaseErrorKind, isPassing?: boolean] {
  if (status === 413) return ["too_large"];
  if (status === 400) return ["statement"];
  return ["unavailable", status >= 500 || passingStatuses.has(status)];
}

/** A server and its client each put their codes before SQLite's words; a file doesn't. */
const plainWords = (message: string) =>
  message.replace(/^([A-Z_]{3,}: )+/, "").replace(/^(SQLite|SQL input) error: /, "");

/** `fetch` throws a TypeError when the connection fails, a DOMException when the time is up, and a SyntaxError for an answer that is cut off or no JSON. */
function isNetworkFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (["TimeoutError", "AbortError", "SyntaxError"].includes(error.name)) return true;
  const codes = /^(UND_ERR_|ERR_TLS_|CERT_|E(AI_AGAIN|CONN|HOST|NET|NOTFOUND|PIPE|PROTO|TIMEDOUT))/;
  const words =
    /fetch failed|network|socket|side closed|client is closed|disconnected|terminated|timed? ?out/i;
  if (codes.test(codeOf(error)) || words.test(error.message)) return true;
  return error.cause !== error && isNetworkFailure(error.cause);
}

function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}
