// The errors that a caller of the API can cause, and how they look on the wire. Everything else that throws is a bug.
import type { KeyedRequest, StoredKey } from "../../db/idempotency.ts";

export interface Validation {
  /** The member of the request, as the client spelt it. */
  field: string;
  detail: string;
}

/** Statuses that carry an error. Each has one meaning in this program. */
export type ErrorStatus = 400 | 401 | 403 | 404 | 405 | 409 | 410 | 413 | 415 | 422 | 426 | 429 | 500 | 503;

/** For programs: causes that share their status with others. */
export const errorCodes = ["duplicate"] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** Thrown by handlers and verbs; the one error handler turns it into a response. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: ErrorStatus;
  readonly detail: string | undefined;
  readonly validations: Validation[] | undefined;
  readonly code: ErrorCode | undefined;
  readonly headers: Record<string, string>;
  constructor(
    status: ErrorStatus,
    message: string,
    more: {
      detail?: string;
      validations?: Validation[];
      code?: ErrorCode;
      headers?: Record<string, string>;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.detail = more.detail;
    this.validations = more.validations;
    this.code = more.code;
    this.headers = more.headers ?? {};
  }
}

/** The request is wrong in one named member. */
export const invalid = (field: string, detail: string): ApiError => invalidFields([{ field, detail }]);

/** 400 that names each invalid field; one alone is the message. */
export function invalidFields(validations: Validation[]): ApiError {
  const [first] = validations;
  const message = validations.length === 1 ? `${first!.field}: ${first!.detail}` : "Invalid fields.";
  return new ApiError(400, message, { validations });
}

/** With the challenge that HTTP requires (RFC 9110, 15.5.2). */
export const unauthorized = (
  message = "You are signed out or your session has expired. Please sign in again.",
) => new ApiError(401, message, { headers: { "www-authenticate": "Bearer" } });
export const forbidden = (detail: string) => new ApiError(403, "Forbidden.", { detail });
/** Also for what the caller may not know to exist. */
export const notFound = (what: string) => new ApiError(404, `${what} not found, or you don't have access.`);
export const conflict = (message: string, detail?: string) =>
  new ApiError(409, message, detail === undefined ? {} : { detail });

/** Coder's error object, and `code`, which Coder's clients ignore. */
export interface ErrorBody {
  message: string;
  detail?: string;
  validations?: Validation[];
  code?: ErrorCode;
}

export function errorBody(error: ApiError, requestId: string): ErrorBody {
  const detail =
    error.status >= 500 ? [error.detail, `Request ${requestId}.`].filter(Boolean).join(" ") : error.detail;
  return {
    message: error.message,
    ...(detail === undefined ? {} : { detail }),
    ...(error.validations === undefined ? {} : { validations: error.validations }),
    ...(error.code === undefined ? {} : { code: error.code }),
  };
}

/** RFC 9457's object for the same error. */
export function problemBody(error: ApiError, requestId: string): Record<string, unknown> {
  const { message, detail, validations, code } = errorBody(error, requestId);
  return {
    type: "about:blank",
    title: message,
    status: error.status,
    ...(detail === undefined ? {} : { detail }),
    instance: `urn:uuid:${requestId}`,
    ...(code === undefined ? {} : { code }),
    ...(validations === undefined
      ? {}
      : {
          errors: validations.map(({ field, detail: why }) => ({
            pointer: `#/${field.replaceAll(".", "/")}`,
            detail: why,
          })),
        }),
  };
}

/** What an earlier request with the same Idempotency-Key created; undefined if there was none. Throws 422 if that was a different request. */
export function matchingKey(
  request: KeyedRequest | undefined,
  stored: StoredKey | undefined,
): StoredKey | undefined {
  if (request === undefined || stored === undefined) return undefined;
  if (stored.fingerprint === request.fingerprint) return stored;
  throw new ApiError(422, "Idempotency-Key: was used for another request, choose a new one", {
    detail: "Nothing was done. The same key stands for the same method, path, query and body for 24 hours.",
    validations: [{ field: "Idempotency-Key", detail: "was used for another request" }],
  });
}
