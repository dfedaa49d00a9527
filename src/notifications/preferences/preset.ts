// Applies the preset "only needs me", and undoes it.
import type { SQL, Statement } from "../../../db/client.ts";
import type { NotificationsConfig } from "../../config/config.ts";
import { isAlwaysOn, isOnlyByMail } from "../kinds/kinds.ts";
import { channelChoices, isEnabled, type Reachable } from "./channel-choices.ts";
import { onlyNeedsMe } from "./rules/only-needs-me.ts";
import { applyPreset } from "./store/preset.ts";
import type { KindPreference } from "./store/preferences.ts";

/** Nothing if it holds already: what it undoes stays. */
export function presetStatements(
  user: SQL<string> | string,
  choices: readonly KindPreference[],
  { config, reachable }: { config: NotificationsConfig; reachable: Reachable },
  now: number,
): Statement[] {
  const kinds = choices
    .filter(({ id }) => !isAlwaysOn(id) && !isOnlyByMail(id))
    .map((choice) => ({
      id: choice.id,
      severities: choice.severities,
      isEnabled: isEnabled(choice),
      channels: channelChoices(choice, config, reachable)
        .filter(({ problem }) => problem === undefined)
        .map(({ channel, isEnabled: on }) => ({ id: channel.id, isLocal: channel.isLocal, isEnabled: on })),
    }));
  const changes = onlyNeedsMe(kinds);
  return changes.length === 0 ? [] : applyPreset(user, changes, choices, now);
}
