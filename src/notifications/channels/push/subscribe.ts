// A browser subscribes to push messages, or is removed.
import type { SQL, Statement } from "../../../../db/client.ts";
import type { Deps } from "../../../kernel/deps.ts";
import { invalid } from "../../../kernel/errors.ts";
import { serverKeys } from "./access.ts";
import { fromBase64Url } from "./encryption.ts";
import { isAllowedEndpoint } from "./rules/push.ts";
import { putSubscription } from "./store/subscriptions.ts";

/** As the browser's PushSubscription has it. */
export interface NewSubscription {
  endpoint: string;
  p256dh: string;
  auth: string;
  /** Our public key that it was made with. */
  serverKey: string;
  device: string;
}

const maxEndpointLength = 1_000;

/** The statements that store it, for the user of `user`. Throws 400. */
export async function subscribe(
  deps: Pick<Deps, "config" | "keysFor" | "newId" | "now">,
  user: SQL<string>,
  given: NewSubscription,
): Promise<Statement[]> {
  const services = deps.config.notifications.channels.push?.services ?? [];
  if (given.endpoint.length > maxEndpointLength || !isAllowedEndpoint(given.endpoint, services))
    throw invalid("endpoint", "must be an address of a push service that this deployment allows");
  if (fromBase64Url(given.p256dh).length !== 65 || fromBase64Url(given.p256dh)[0] !== 4)
    throw invalid("p256dh", "must be a public key of P-256, base64url");
  if (fromBase64Url(given.auth).length !== 16) throw invalid("auth", "must be 16 bytes, base64url");
  const known = await serverKeys(deps);
  if (!known.some(({ publicKey }) => publicKey === given.serverKey))
    throw invalid("server_key", "must be a key of this deployment: subscribe again");
  const device = given.device.slice(0, 100);
  return putSubscription({ id: deps.newId(), ...given, device, createdAt: deps.now() }, user);
}
