// What a handler is given: the context with its variables, and what a route declares about itself.
import type { Context } from "hono";
import type * as z from "zod";
import type { SQL } from "../../db/client.ts";
import type { Actor } from "../accounts/rules/actor.ts";
import type { Credential } from "../accounts/rules/api-key.ts";
import type { Permission } from "../accounts/rules/permissions.ts";
import type { Deps } from "../kernel/deps.ts";
import { notFound, type ApiError, type ErrorStatus } from "../kernel/errors.ts";
import type { AgentToken } from "../workspaces/agents/rules/agent-token.ts";

export interface Env {
  Variables: {
    deps: Deps;
    /** Of a person or a provisioner. */
    credential: Credential;
    /** Of an agent. */
    agentToken: AgentToken;
    endpoint: Endpoint;
    /** How many notifications the user has not read, at most `maxUnreadCounted`; once a page has read something. */
    unread?: number;
    /** The signed-in user, once the key has been verified. */
    actor?: Actor;
  };
}
export type Ctx = Context<Env>;

export interface Requirement {
  permission: Permission;
  /** Said to those who lack it. */
  deniedMessage: string;
}

/** What a batch is guarded by besides the key. */
export interface Limits {
  /** The route's own where it is left out. */
  requires?: Requirement | undefined;
  /** What must hold, too: otherwise nothing is read, and this is the error. */
  condition?: { when: SQL; refusal: () => ApiError } | undefined;
}

/** Who may not see this thing gets a 404 of its name. */
export const visibleIf = (when: SQL, name: string): Limits => ({
  condition: { when, refusal: () => notFound(name) },
});

export interface Endpoint {
  summary: string;
  /**
   * Whose key a caller brings; `session-or-provisioner` lets the handler find out which (see provisioner-auth),
   * `session-or-agent` too (see reporter). A source's secret is in the path.
   */
  access:
    | "anyone"
    | "session"
    | "provisioner"
    | "session-or-provisioner"
    | "session-or-agent"
    | "agent"
    | "source";
  /** What a `notify` token may do. */
  action?: "notify-self";
  /** What the caller must be permitted; nothing is read for others. */
  requires?: Requirement;
  /** A key may be the password of HTTP Basic, with any user name: what programs send that know no other way. */
  takesBasic?: boolean;
  /** It takes an Idempotency-Key. */
  repeatable?: boolean;
  /** What it reads as a user brings how many notifications they have not read. */
  countsUnread?: boolean;
  /** A body that is not JSON, or that may stand for the JSON one; its `contentMediaType` says what it is. */
  body?: z.ZodType;
  /** Successful answers: the schema of the body, or null for none; JSON unless its `contentMediaType` says otherwise. */
  answers: Partial<Record<101 | 200 | 201 | 202 | 204 | 304, z.ZodType | null>>;
  errors: ErrorStatus[];
}
