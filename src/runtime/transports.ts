// Outgoing connections of a server on Node: to webhooks, to receivers and to the mail server.
import type { Config } from "../config/config.ts";
import type { MailPool, Post, PostToReceiver } from "../kernel/ports.ts";
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
  close: () => Promise<unknown>;
}

/** `given`: in place of its own. */
export function openTransports(config: Config, given: Partial<Transports>): OpenTransports {
  const poster = createPost();
  const toReceivers = createReceiverPost();
  const { smtp: settings } = config.notifications.channels;
  const mail = settings === undefined ? null : createMail(settings);
  return {
    outgoing: {
      post: given.post ?? poster.post,
      postToReceiver: given.postToReceiver ?? toReceivers.postToReceiver,
    },
    mail,
    close: () => Promise.all([poster.close(), toReceivers.close(), mail?.close()]),
  };
}
