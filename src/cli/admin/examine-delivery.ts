// Looks whether mail, the webhook and the server itself are reached from here: a mail session without a message, a HEAD
// request, and what the server says of itself. Called by examine.ts.
import type { Config } from "../../config/config.ts";
import { endpointHash } from "../../notifications/delivery/deliver.ts";
import { MailFailure } from "../../notifications/channels/mail/smtp/failure.ts";
import { checkMail } from "../../runtime/mail.ts";
import type { Reached } from "../../kernel/post.ts";
import { reach } from "../../runtime/reach.ts";
import type { Finding } from "../../kernel/rules/finding.ts";
import { judgeMail, judgeServer, judgeWebhook, type FailingMessages } from "./rules/check-delivery.ts";

/** What the database knows of the ways out. */
export interface Outlets {
  expectedId: string | null;
  goneHash: string | undefined;
  failing: FailingMessages[];
}

/** Milliseconds. */
const mailTimeout = 10_000;
const webhookTimeout = 5_000;
const serverTimeout = 3_000;

export async function examineDelivery(
  config: Config,
  { expectedId, goneHash, failing }: Outlets,
): Promise<{ findings: Finding[]; clocks: { name: string; now: number }[] }> {
  const { mail, webhook } = config.notifications;
  const [server, tried, reached] = await Promise.all([
    askServer(config.accessUrl),
    mail === undefined ? null : tryMail(mail),
    webhook === undefined ? null : reach(webhook.endpoint, webhookTimeout, webhook.authorization),
  ]);
  const host = webhook === undefined ? null : new URL(webhook.endpoint).host;
  return {
    findings: [
      judgeServer({ accessUrl: config.accessUrl, expectedId, ...server }),
      ...judgeMail({
        place: mail === undefined ? null : `${mail.host}:${mail.port}`,
        from: mail?.from.address ?? "",
        answer: null,
        problem: null,
        ...tried,
        failing,
      }),
      ...judgeWebhook({
        host,
        isSigned: webhook?.secret !== undefined,
        isGone: webhook !== undefined && goneHash === endpointHash(webhook.endpoint),
        reached,
        failing,
      }),
    ],
    clocks: clocksOf(host, reached),
  };
}

/** A receiver's clock is told in whole seconds. */
const clocksOf = (host: string | null, reached: Reached | null) =>
  host !== null && reached?.ok === true && reached.date !== null
    ? [{ name: host, now: reached.date + 500 }]
    : [];

async function tryMail(
  mail: Parameters<typeof checkMail>[0],
): Promise<{ answer: string } | { problem: string }> {
  try {
    return { answer: await checkMail(mail, AbortSignal.timeout(mailTimeout)) };
  } catch (error) {
    if (error instanceof MailFailure) return { problem: error.message };
    throw error;
  }
}

async function askServer(accessUrl: string): Promise<{ deploymentId: string | null; problems: string[] }> {
  const ask = (path: string) => fetch(accessUrl + path, { signal: AbortSignal.timeout(serverTimeout) });
  try {
    const about = (await (await ask("/api/v2/buildinfo")).json()) as { deployment_id?: unknown };
    const { problems } = (await (await ask("/readyz")).json()) as { problems?: unknown };
    return {
      deploymentId: typeof about.deployment_id === "string" ? about.deployment_id : null,
      problems: Array.isArray(problems) ? problems.map(String) : [],
    };
  } catch {
    return { deploymentId: null, problems: [] };
  }
}
