// The check of the running server, at the address that links have.
import { connectionErrors, isTimeout } from "../../../kernel/rules/connection-error.ts";
import { fail, ok, warn, type Finding } from "../../../kernel/rules/finding.ts";

export interface ServerFacts {
  accessUrl: string;
  /** As the server reports it; null when there is no answer. */
  deploymentId: string | null;
  /** As the database has it; null when it can't be read. */
  expectedId: string | null;
  problems: string[];
  /** Why there is no answer. */
  failure: { name: string; code: string } | null;
}

/** Of Node's TLS. Browsers may trust more authorities, or fetch those that a server leaves out. */
const untrusted: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its authority is unknown here",
  UNABLE_TO_GET_ISSUER_CERT: "its authority is unknown here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its authority is unknown here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the server doesn't send the certificates between it and its authority",
};
/** Browsers refuse these too. */
const wrong: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "has expired",
  CERT_NOT_YET_VALID: "is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "is for another name",
};

/** The server may run well: only this machine can't tell. */
function checkCertificate(accessUrl: string, code: string): Finding | undefined {
  const [doubt, problem] = [untrusted[code], wrong[code]];
  if (problem !== undefined)
    return fail(
      "server",
      `The certificate of ${accessUrl} ${problem} (${code}).`,
      "Renew it, or set BELFRY_ACCESS_URL to the name that it is for.",
    );
  return doubt === undefined
    ? undefined
    : warn(
        "server",
        `The certificate of ${accessUrl} is not trusted on this machine: ${doubt} (${code}).`,
        "If browsers trust it, name the certificate of its authority to this command: NODE_EXTRA_CA_CERTS=/etc/ssl/ca.pem belfry admin doctor",
      );
}

export function checkServer({
  accessUrl,
  deploymentId,
  expectedId,
  problems,
  failure,
}: ServerFacts): Finding {
  const certificate = failure === null ? undefined : checkCertificate(accessUrl, failure.code);
  if (certificate !== undefined) return certificate;
  if (deploymentId === null)
    return warn(
      "server",
      `No answer from Belfry at ${accessUrl}, the address in links (BELFRY_ACCESS_URL)${reasonOf(failure)}.`,
      "Start the server (belfry serve), or set BELFRY_ACCESS_URL to the address that users open.",
    );
  if (expectedId !== null && deploymentId !== expectedId)
    return fail(
      "server",
      `${accessUrl} is a Belfry server with another database.`,
      "Check BELFRY_ACCESS_URL and BELFRY_DATABASE_URL: one of them belongs to another deployment.",
    );
  if (problems.length > 0)
    return fail(
      "server",
      `${accessUrl} is not ready: ${problems.join(" ")}`,
      "See the other findings and the server's log.",
    );
  return ok("server", `${accessUrl} is ready`);
}

function reasonOf(failure: ServerFacts["failure"]): string {
  if (failure === null) return "";
  if (isTimeout({ name: failure.name })) return ": no answer in time";
  const known = connectionErrors[failure.code];
  return known === undefined ? "" : `: ${known} (${failure.code})`;
}
