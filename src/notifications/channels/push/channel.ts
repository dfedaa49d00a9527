// The push channel: messages to browsers whose pages are closed, for those who asked for them there. It goes along with the
// other channels, for kinds that are worth it.
import * as z from "zod";
import { ok } from "../../../kernel/rules/finding.ts";
import { defineChannel } from "../channel.ts";
import { includesMethod } from "../rules/methods.ts";
import { isPushed, knownServices, pushContent } from "./rules/push.ts";
import { sendPush, type PushSettings } from "./send.ts";

const variable = "BELFRY_NOTIFICATIONS_PUSH_SERVICES";

export const push = defineChannel({
  id: "push",
  label: "Browser notifications",
  isLocal: false,
  accompanies: ({ hasPush, addedMethods }, template) =>
    hasPush === 1 && (isPushed(template) || includesMethod(addedMethods, "push")),
  canBeAdded: true,

  variables: { [variable]: z.string().optional() },
  needs: [variable],
  toSettings: (env, { dispatchTimeout }): PushSettings | undefined => {
    const services = (env[variable] ?? knownServices).split(",").map((service) => service.trim());
    return services.join("") === "off" ? undefined : { services, timeout: dispatchTimeout };
  },
  isOn: () => true,
  timeout: ({ timeout }) => timeout,

  receiver: () => "browsers",
  traits: () => ["where users turn them on"],
  destination: () => "to your browsers",
  unreachable: () => undefined,

  payload: (message) => JSON.stringify(pushContent(message, undefined)),
  send: sendPush,
  probe: (settings) =>
    Promise.resolve({
      findings: [
        settings === undefined
          ? ok("browser notifications", `disabled by ${variable}`)
          : ok("browser notifications", `browsers can subscribe at ${settings.services.join(", ")}`),
      ],
    }),
  advice: (answer) =>
    /answered 4(01|03)/.test(answer)
      ? "The push service refused the signature. Compare the server's clock; if the secret key was changed, browsers subscribe again automatically."
      : "Check that the server can reach the push services of browsers over HTTPS.",
});
