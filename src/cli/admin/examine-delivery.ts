// Checks from this machine whether the receiver of each channel and the server are reachable, with probes that send no
// message, and reads the server's own status.
import type { Config } from "../../config/config.ts";
import type { Finding } from "../../kernel/rules/finding.ts";
import type { Channel, ProbeContext } from "../../notifications/channels/channel.ts";
import { allChannels, type Method } from "../../notifications/channels/index.ts";
import { isGone, type GoneEndpoints } from "../../notifications/delivery/rules/channel-health.ts";
import { createMail } from "../../runtime/mail.ts";
import { createPost } from "../../runtime/http-post.ts";
import { reach } from "../../runtime/reach.ts";
import { innermostCause } from "../../kernel/rules/connection-error.ts";
import { checkFailing, checkGone, type FailingMessages } from "./rules/check-delivery.ts";
import { checkServer, type ServerFacts } from "./rules/check-server.ts";

/** What the database knows about deliveries. */
export interface DeliveryFacts {
  expectedId: string | null;
  gone: GoneEndpoints;
  failing: FailingMessages[];
}

const serverTimeoutMs = 3_000;

interface Examined {
  findings: Finding[];
  clocks: { name: string; now: number }[];
}

export async function examineDelivery(config: Config, facts: DeliveryFacts): Promise<Examined> {
  const { accessUrl, notifications } = config;
  const { smtp } = notifications.channels;
  const poster = createPost();
  const mail = smtp === undefined ? null : createMail(smtp);
  const context = { now: Date.now, accessUrl, post: poster.post, mail, reach };
  try {
    const [server, ...examined] = await Promise.all([
      askServer(accessUrl),
      ...allChannels.map((channel) => examineChannel(channel, config, facts, context)),
    ]);
    return {
      findings: [
        checkServer({ accessUrl, expectedId: facts.expectedId, ...server }),
        ...examined.flatMap(({ findings }) => findings),
      ],
      clocks: examined.flatMap(({ clocks }) => clocks),
    };
  } finally {
    await Promise.all([poster.close(), mail?.close()]);
  }
}

async function examineChannel(
  channel: Channel<Method>,
  { notifications }: Config,
  { gone, failing }: DeliveryFacts,
  context: ProbeContext,
): Promise<Examined> {
  const check = channel.label.toLowerCase();
  const settings = notifications.channels[channel.id];
  const receiver = settings === undefined ? undefined : channel.receiver(settings);
  const failures =
    receiver === undefined
      ? []
      : checkFailing(
          check,
          failing.filter(({ method }) => method === channel.id),
          (answer) => channel.advice(answer),
        );
  if (receiver !== undefined && isGone(channel, settings, gone))
    return { findings: [checkGone(check, receiver), ...failures], clocks: [] };
  const { findings, receiverTime } = await channel.probe(settings, context);
  return {
    findings: [...findings, ...failures],
    clocks:
      receiver === undefined || receiverTime === undefined ? [] : [{ name: receiver, now: receiverTime }],
  };
}

async function askServer(
  accessUrl: string,
): Promise<Pick<ServerFacts, "deploymentId" | "problems" | "failure">> {
  const ask = (path: string) => fetch(accessUrl + path, { signal: AbortSignal.timeout(serverTimeoutMs) });
  try {
    const about = (await (await ask("/api/v2/buildinfo")).json()) as { deployment_id?: unknown };
    const { problems } = (await (await ask("/readyz")).json()) as { problems?: unknown };
    return {
      deploymentId: typeof about.deployment_id === "string" ? about.deployment_id : null,
      problems: Array.isArray(problems) ? problems.map(String) : [],
      failure: null,
    };
  } catch (error) {
    return { deploymentId: null, problems: [], failure: innermostCause(error) ?? null };
  }
}
