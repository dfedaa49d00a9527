// How many people a custom notification reaches, in words.

export interface ShownReach {
  recipients: number;
  reached: number;
  suspended: number;
  disabled: number;
  minutes: number;
}

const people = (count: number): string => `${count} ${count === 1 ? "person" : "people"}`;

/** `Reaches 43 people, of whom 2 are suspended and 5 have disabled custom notifications.` */
export function describeReach({ recipients, reached, suspended, disabled, ...rest }: ShownReach): string {
  if (recipients === 0) return "Nobody matches.";
  const isForNobody = reached === 0 && suspended + disabled < recipients;
  const parts = [
    ...(suspended === 0 ? [] : [`${suspended} ${suspended === 1 ? "is" : "are"} suspended`]),
    ...(disabled === 0
      ? []
      : [`${disabled} ${disabled === 1 ? "has" : "have"} disabled custom notifications`]),
  ];
  const but = parts.length === 0 ? "" : `, of whom ${parts.join(" and ")}`;
  const off = isForNobody ? " Custom notifications are disabled for everybody." : "";
  return `Matches ${people(recipients)}${but}.${off}${describeRest(rest)}`;
}

/** When the last of them gets it. */
export const describeRest = ({ minutes }: Pick<ShownReach, "minutes">): string =>
  minutes === 0
    ? ""
    : ` The inbox has it at once; by other channels, the last get it in about ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`;
