// Long files first, so that none of them is alone at the end. Vitest knows how long a file took only where it has run before;
// a new machine goes by this list, and by the files' size.
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** From ten seconds on, the longest first; most of them wait for processes of their own. */
const long = [
  "pages/browser-axe",
  "runtime/faults",
  "runtime/demo",
  "runtime/whole-way",
  "runtime/pack",
  "cli/admin",
  "cli/program",
  "http/task-notifications",
  "accounts/who-may",
  "http/declared-errors",
];

function placeOf({ moduleId }: TestSpecification): number {
  const place = long.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return place < 0 ? long.length : place;
}

export default class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- Vitest's
    const sorted = await super.sort(files);
    // A worker is of one project: its files stay together.
    return [...Map.groupBy(sorted, ({ project }) => project).values()].flatMap((some) =>
      some.toSorted((one, other) => placeOf(one) - placeOf(other)),
    );
  }
}
