// Outgoing connections of a server on Node: to webhooks, to receivers, to the mail server and to a collector of spans.
import type { Config } from "../config/config.ts";
import type { MailPool, Post, PostToReceiver } from "../kernel/ports.ts";
import { openTracer, type Tracer, type TracerOptions } from "../kernel/tracer.ts";
import { createPost } from "./http-post.ts";
import { createMail } from "./mail.ts";
import { createReceiverPost } from "./receiver-post.ts";

export interface Transports {
  post: Post;
  postToReceiver: PostToReceiver;
}

export interface OpenTransports {
  outgoing: Transports;
  mail: MailPool | null;
  tracer: Tracer | null;
  close: () => Promise<unknown>;
}

/** Spans are gathered for so long. */
const gatherSpansMs = 2_000;

/** `given`: in place of its own. */
export function openTransports(
  config: Config,
  given: Partial<Transports>,
  process: Pick<TracerOptions, "log" | "now" | "resource">,
): OpenTransports {
  const poster = createPost();
  const toReceivers = createReceiverPost();
  const { smtp: settings } = config.notifications.channels;
  const mail = settings === undefined ? null : createMail(settings);
  const schedule = (flush: () => Promise<void>) => void setTimeout(flush, gatherSpansMs).unref();
  const tracer = openTracer(config.tracing, { ...process, post: poster.post, schedule });
  return {
    outgoing: {
      post: given.post ?? poster.post,
      postToReceiver: given.postToReceiver ?? toReceivers.postToReceiver,
    },
    mail,
    tracer,
    close: async () => {
      await tracer?.flush();
      await Promise.all([poster.close(), toReceivers.close(), mail?.close()]);
    },
  };
}
