// Turns for work that needs much memory.
import { expect, test } from "vitest";
import { createTurns } from "../src/rules/turns.ts";

test("turns go round: so many at once, so many for one, the others in order, and too many are turned away", async () => {
  const turns = createTurns({ atOnce: 2, forOne: 1, waiting: 2 });
  const log: string[] = [];
  const ends: Record<string, () => void> = {};
  const take = async (name: string, holder: string) => {
    const end = await turns.take(holder);
    log.push(end === undefined ? `${name} away` : name);
    if (end !== undefined) ends[name] = end;
  };
  await take("a1", "a");
  const waits = [take("a2", "a")];
  await take("b1", "b");
  waits.push(take("c1", "c"));
  await take("d1", "d");
  expect(log).toEqual(["a1", "b1", "d1 away"]);
  // a's second waits for a's first, c doesn't.
  ends["b1"]!();
  ends["b1"]!();
  await waits[1];
  expect(log.at(-1)).toBe("c1");
  ends["a1"]!();
  await waits[0];
  expect(log.at(-1)).toBe("a2");
});
