// The files of rules that tests don't reach completely, and the number of gaps in each. `npm run coverage` fails when a number
// grows, and lowers it when it can be lower.
export const knownGaps: Readonly<Record<string, number>> = {
  "src/kernel/rules/client-address.ts": 96,
  "src/kernel/rules/finding.ts": 3,
  "src/kernel/rules/tar.ts": 9,
  "src/pages/rules/document.ts": 103,
};
