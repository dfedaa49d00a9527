// Endpoints that have answered 410 Gone: nothing more is sent there, until a test is accepted or another one is set.
import { createHash } from "node:crypto";
import type { Channel } from "../../channels/channel.ts";

/** By channel: the hash of the endpoint that wants nothing more. */
export type GoneEndpoints = ReadonlyMap<string, string>;

export const endpointHash = (endpoint: string): string => createHash("sha256").update(endpoint).digest("hex");

/** Whether what the channel sends to wants nothing more; false for a channel that is not set up. */
export function isGone(channel: Channel, settings: unknown, gone: GoneEndpoints): boolean {
  const endpoint = settings === undefined ? undefined : channel.endpoint?.(settings);
  return endpoint !== undefined && gone.get(channel.id) === endpointHash(endpoint);
}
