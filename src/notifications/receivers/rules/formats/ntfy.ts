// ntfy: a message published as JSON, with priority, tags and buttons.
import { byteLength } from "../../../../kernel/rules/text.ts";
import { toPlainText } from "../../../texts/rules/markdown.ts";
import {
  cutText,
  fitText,
  type ReceiverMessage,
  type ReceiverRequest,
  type ReceiverTarget,
} from "../message.ts";

/** Bytes: a longer message becomes an attached file. */
export const maxNtfyBytes = 4_096;
const maxTitle = 250;
const maxButtons = 3;

const priorities = { critical: 5, warning: 4, success: 3, info: 3 } as const;
const tags = {
  critical: "rotating_light",
  warning: "warning",
  success: "white_check_mark",
  info: "information_source",
} as const;

/** The server and the topic of an address such as `https://ntfy.sh/ops`. */
export function splitTopic(address: string): { server: string; topic: string } {
  const url = new URL(address);
  const path = url.pathname.replace(/\/$/, "");
  const end = path.lastIndexOf("/") + 1;
  return { server: `${url.origin}${path.slice(0, end)}${url.search}`, topic: path.slice(end) };
}

export function renderNtfy(message: ReceiverMessage, target: ReceiverTarget): ReceiverRequest {
  const { title, severity, body, actions, link } = message;
  const { server, topic } = splitTopic(target.address);
  const payload = {
    topic,
    title: cutText(title, maxTitle),
    message: fitText(
      toPlainText(body) || title,
      maxNtfyBytes,
      (cut) => cut,
      (cut) => byteLength(cut) <= maxNtfyBytes,
    ),
    priority: priorities[severity],
    tags: [tags[severity]],
    click: link,
    actions: actions.slice(0, maxButtons).map(({ label, url }) => ({ action: "view", label, url })),
  };
  const [token] = target.secrets;
  return {
    url: server,
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(payload),
  };
}
