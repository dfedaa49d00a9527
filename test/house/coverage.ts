// The files of rules that tests don't reach completely, and the number of gaps in each. `npm run coverage` fails when a number
// grows, and lowers it when it can be lower.
export const knownGaps: Readonly<Record<string, number>> = {};
