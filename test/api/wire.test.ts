// Shapes of answers: the schema and the mapper say the same.
import { expect, test } from "vitest";
import * as z from "zod";
import * as wire from "../../src/http/wire.ts";

interface Row {
  id: string;
  at: number | null;
  children: { name: string }[];
}
const child = wire.shape<{ name: string }>()({ name: wire.string((row) => row.name) });
const parent = wire.shape<Row>("Parent")({
  id: wire.string((row) => row.id, "the row's"),
  kind: wire.literal("parent"),
  icon: wire.fixed(""),
  deleted_at: wire.fixed(null, z.string().nullable()),
  started_at: wire.timeOrNull((row) => row.at),
  seen_at: wire.timeOrNever((row) => row.at),
  ended_at: wire.optionalTime((row) => row.at),
  size: wire.object({ count: wire.number((row) => row.children.length) }),
  first: wire.nestedOrNull(child, (row) => row.children[0] ?? null),
  children: wire.list(child, (row) => row.children),
});

test("a mapper returns every member in the schema's order; what is optional and null is left out", () => {
  const answer = parent.from({ id: "a", at: null, children: [] });
  expect(JSON.stringify(answer)).toBe(
    JSON.stringify({
      id: "a",
      kind: "parent",
      icon: "",
      deleted_at: null,
      started_at: null,
      seen_at: "0001-01-01T00:00:00Z",
      size: { count: 0 },
      first: null,
      children: [],
    }),
  );
});

test("what a mapper returns is valid by its schema", () => {
  const answer = parent.from({ id: "a", at: 0, children: [{ name: "b" }] });
  expect(z.strictObject(parent.schema.shape).parse(answer)).toEqual(answer);
  expect(answer.ended_at).toBe("1970-01-01T00:00:00.000Z");
  expect(answer.first).toEqual({ name: "b" });
});

test("a shape can have the members of another", () => {
  const more = wire.shape<Row & { note: string }>()({
    ...parent.members,
    note: wire.string((row) => row.note),
  });
  expect(more.from({ id: "a", at: null, children: [], note: "n" })).toMatchObject({ id: "a", note: "n" });
});
