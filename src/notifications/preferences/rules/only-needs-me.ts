// The preset "only needs me": emails, browser notifications and chat messages only of what waits for the person or went wrong. The
// inbox stays as it is.
import type { SeverityChoice } from "../../kinds/kinds.ts";
import { isPushed } from "../../channels/push/rules/push.ts";

export interface PresetKind extends SeverityChoice {
  isEnabled: boolean;
  /** Those that can deliver it to the person. */
  channels: readonly { id: string; isLocal: boolean; isEnabled: boolean }[];
}

/** What becomes of a kind's preference. */
export interface PresetChange {
  templateId: string;
  disabled: boolean;
  disabledMethods: string[];
}

/** Kinds that change: those that need nobody and reach the person by more than the inbox. */
export const onlyNeedsMe = (kinds: readonly PresetKind[]): PresetChange[] =>
  kinds.flatMap(({ id, severities, isEnabled, channels }) => {
    const leaving = channels.some((channel) => channel.isEnabled && !channel.isLocal);
    if (!isEnabled || isPushed({ id, severities }) || !leaving) return [];
    const isInInbox = channels.some((channel) => channel.isEnabled && channel.isLocal);
    const off = channels.filter((channel) => !channel.isLocal || !channel.isEnabled);
    return [
      {
        templateId: id,
        disabled: !isInInbox,
        disabledMethods: isInInbox ? off.map((channel) => channel.id) : [],
      },
    ];
  });
