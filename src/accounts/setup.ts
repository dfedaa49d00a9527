// The first user, and the setup code that callers from other machines need to create it.
import { randomInt } from "node:crypto";
import type { Deps } from "../kernel/deps.ts";
import { ApiError, conflict } from "../kernel/errors.ts";
import { audit } from "./audit.ts";
import { requireValidFields, withTakenErrors } from "./validation.ts";
import { limitByNetwork } from "./sign-in-limits.ts";
import { hashPassword } from "./passwords.ts";
import { equalHashes } from "./rules/api-key.ts";
import { isLocalCaller, hashSetupCode, createSetupCode } from "./rules/one-time-codes.ts";
import {
  listOrganizations,
  deleteSetupCode,
  findAnyUser,
  noUserExistsSql,
  readSetupCodeHash,
  storeSetupCodeHash,
} from "./store/deployment.ts";
import { findUserState, insertRoles, insertUser, userExistsSql } from "./store/users.ts";

export interface FirstUser {
  email: string;
  username: string;
  name?: string | undefined;
  password: string;
}

export interface SetupRequest {
  /** The Host header. */
  host: string;
  /** Whether a proxy says that it passed the request on. */
  forwarded: boolean;
  setupCode?: string | undefined;
}

/** A fresh setup code while there is no user, to be printed; undefined afterwards. Older codes end. */
export async function ensureSetupCode(deps: Pick<Deps, "db" | "now">): Promise<string | undefined> {
  if (await isSetUp(deps)) return undefined;
  const code = createSetupCode((below) => randomInt(below));
  const hash = hashSetupCode(code);
  const { stored } = await deps.db.write([storeSetupCodeHash(hash, deps.now())], {
    stored: readSetupCodeHash(),
  });
  return stored[0]?.value === hash ? code : undefined;
}

export async function isSetUp(deps: Pick<Deps, "db">): Promise<boolean> {
  const { anyUser } = await deps.db.read({ anyUser: findAnyUser() });
  return anyUser.length > 0;
}

/** Creates the owner. Throws 429, 409 when there is a user, 403 without the code from elsewhere, 400 for bad fields. */
export async function createFirstUser(
  deps: Deps,
  input: FirstUser,
  request: SetupRequest,
): Promise<{ userId: string; organizationId: string }> {
  const limit = limitByNetwork(deps);
  const { anyUser, codeHash, limits } = await deps.db.write(limit.statements, {
    anyUser: findAnyUser(),
    codeHash: readSetupCodeHash(),
    limits: limit.read,
  });
  limit.require(limits);
  if (anyUser.length > 0) throw alreadySetUp();
  requireSetupCode(deps, request, codeHash[0]?.value);
  const { username, password } = input;
  const email = input.email.trim();
  const name = input.name?.trim() ?? "";
  await requireValidFields(deps, { email, username, name, password });
  const userId = deps.newId();
  const now = deps.now();
  const user = {
    id: userId,
    username,
    email,
    name,
    status: "active" as const,
    passwordHash: await hashPassword(deps, password),
    isSystem: false,
    createdAt: now,
    updatedAt: now,
  };
  const created = userExistsSql(userId);
  const entry = {
    actorId: null,
    action: "create",
    resourceType: "user" as const,
    resourceId: userId,
    detail: { username, email, roles: ["owner"], first: true },
  };
  const { mine, organizations } = await withTakenErrors(
    deps.db.write(
      [
        insertUser(user, noUserExistsSql),
        insertRoles(userId, ["owner"], created),
        deleteSetupCode(),
        audit(deps, entry, created),
      ],
      { mine: findUserState(userId), organizations: listOrganizations() },
    ),
  );
  if (mine.length === 0) throw alreadySetUp();
  return { userId, organizationId: organizations[0]!.id };
}

const alreadySetUp = () => conflict("Belfry is already set up.", "Sign in, or ask an owner for an account.");

/** Where an operator finds the code. */
export const originOfSetupCode = ({ process }: Pick<Deps, "process">): string =>
  process.printsSetupCode
    ? "The server prints it when it starts, and npm run db:migrate prints one; each start creates a new one."
    : "npm run db:migrate prints it, on the machine that you deploy from; each run creates a new one.";

function requireSetupCode(deps: Deps, request: SetupRequest, codeHash: string | undefined): void {
  const { host, forwarded, setupCode } = request;
  if (isLocalCaller({ address: deps.clientAddress, host, forwarded })) return;
  const given = setupCode?.trim() ?? "";
  if (given !== "" && codeHash !== undefined && equalHashes(hashSetupCode(given), codeHash)) return;
  throw new ApiError(
    403,
    given === "" ? "Setup from another machine requires the setup code." : "The setup code is wrong.",
    {
      detail:
        `${originOfSetupCode(deps)} Send it as setup_code or in the header Belfry-Setup-Code.` +
        (deps.process.printsSetupCode ? " On the server's own machine none is required." : ""),
    },
  );
}
