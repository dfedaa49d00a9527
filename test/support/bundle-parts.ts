// What a bundle consists of: its bytes by where its source map says that they come from.

export interface SourceMap {
  mappings: string;
  sources: string[];
}

/** Sizes of libraries and of rooms, the largest first; together `total`. Compression is taken as the same for all. */
export function partsOf(code: string, map: SourceMap, total: number): [part: string, size: number][] {
  const sizes = new Map<string, number>();
  let counted = 0;
  for (const { source, length } of rangesOf(code, map.mappings)) {
    const part = partOf(map.sources[source]!);
    sizes.set(part, (sizes.get(part) ?? 0) + length);
    counted += length;
  }
  return [...sizes]
    .map(([part, length]): [string, number] => [part, (length / counted) * total])
    .toSorted(([, a], [, b]) => b - a);
}

/** A library's name; of ours the room. */
function partOf(source: string): string {
  const library = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1];
  if (library !== undefined) return library;
  return /(src\/[\w-]+|db)\//.exec(source)?.[1] ?? "other";
}

/** Pieces of generated code, each of one source. */
function* rangesOf(code: string, mappings: string): Generator<{ source: number; length: number }> {
  let source = 0;
  const lines = code.split("\n");
  for (const [number, line] of mappings.split(";").entries()) {
    let column = 0;
    let from: number | undefined;
    for (const segment of line === "" ? [] : line.split(",")) {
      const [columns = 0, sources] = decode(segment);
      if (from !== undefined) yield { source: from, length: columns };
      column += columns;
      source += sources ?? 0;
      from = sources === undefined ? undefined : source;
    }
    if (from !== undefined) yield { source: from, length: lines[number]!.length - column };
  }
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Numbers in source maps: base 64, five bits a digit, the sign last. */
function decode(segment: string): number[] {
  const values: number[] = [];
  let [value, shift] = [0, 0];
  for (const digit of segment) {
    const bits = digits.indexOf(digit);
    value |= (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    values.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return values;
}
