// Names, secrets and times of sources.
import { hash } from "node:crypto";

const day = 86_400_000;

/** How long a secret that was replaced still works. */
export const rotationMs = day;
/** How long a message waits for somebody whom Belfry doesn't recognise. */
export const waitingMs = day;
/** How long a receipt is kept; after that, only the message's id is. Coder gives a message up within minutes. */
export const receiptRetentionMs = 30 * day;
/** How long somebody whom Belfry doesn't recognise is listed after their last message. */
export const unmatchedRetentionMs = 30 * day;

export const maxRequestsPerMinute = 600;
/** Of a source: messages that wait, and people whom Belfry doesn't recognise. */
export const maxWaiting = 1_000;
export const maxUnmatchedPeople = 1_000;

const maxNameLength = 32;

/** It is part of addresses and of reasons. */
export function problemWithSourceName(name: string): string | undefined {
  if (name.length === 0 || name.length > maxNameLength) return `must have 1 to ${maxNameLength} characters`;
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
    ? undefined
    : "must contain only lowercase letters, digits and single hyphens between them";
}

/** As it is stored. */
export const hashSourceSecret = (secret: string): string => hash("sha256", `source ${secret}`, "hex");

/** Where messages are posted to; the secret follows. */
export const sourceMessagesPath = "/api/v2/source-messages";

export const sourceAddress = (accessUrl: string, secret: string): string =>
  `${accessUrl}${sourceMessagesPath}/${secret}`;

/** A path as it may be logged: without a source's secret. */
export const withoutSecret = (path: string): string =>
  path.startsWith(`${sourceMessagesPath}/`) ? `${sourceMessagesPath}/…` : path;

/** Whether Belfry's own webhook sent the request: its messages look like Coder's, and would go round for ever. */
export const isBelfry = (userAgent: string | undefined): boolean => /^Belfry\b/i.test(userAgent ?? "");
