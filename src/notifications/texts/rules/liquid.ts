// Liquid that holds nobody up: what a text may compute and what may come of it is counted, so that the limits hold inside
// filters, comparisons and output, too, where the library's own time limit doesn't look.
import {
  Liquid,
  defaultOperators,
  toValue,
  type Context,
  type Emitter,
  type FilterImplOptions,
} from "liquidjs";
import type { LiquidOptions, Operators } from "liquidjs";

/** The library's units of memory (about a character or a list's item each) for one text. */
const memoryLimit = 500_000;
/** An item that a filter or a comparison looks at costs some microseconds. */
const unitsPerItem = 10;
/** What a filter or a comparison costs besides. */
const unitsPerStep = 10;

// Far above any real text, far below what would be felt. Times are milliseconds.
const limits = { parseLimit: 100_000, renderLimit: 250, memoryLimit };

const options = {
  ...limits,
  ownPropertyOnly: true,
  strictVariables: false,
  strictFilters: true,
  cache: false,
  // Templates are rows: there is nothing to include.
  templates: {},
};

/** Throws when the text has used up what it may. */
function charge({ memoryLimit: left }: Context, values: readonly unknown[]): void {
  const lengths = values.map((value) =>
    Array.isArray(value) ? value.length * unitsPerItem : typeof value === "string" ? value.length / 10 : 0,
  );
  left.use(lengths.reduce((sum, length) => sum + length, unitsPerStep));
}

function boundedFilter(given: FilterImplOptions): FilterImplOptions {
  const { handler, raw } = typeof given === "function" ? { handler: given, raw: false } : given;
  return {
    raw,
    handler(value: unknown, ...args: unknown[]) {
      charge(this.context, [value, ...args]);
      return handler.call(this, value, ...args) as unknown;
    },
  };
}

function boundedOperators(): Operators {
  const entries = Object.entries(defaultOperators).map(([name, given]) => {
    const compare = given as (...values: unknown[]) => boolean;
    const bounded = (...values: unknown[]) => {
      charge(values.at(-1) as Context, values.slice(0, -1));
      return compare(...values);
    };
    return [name, bounded];
  });
  return Object.fromEntries(entries) as Operators;
}

/** Collects what a text becomes, and stops where it grows too long. */
function boundedEmitter(context: Context): Emitter {
  return {
    buffer: "",
    write(piece: unknown) {
      const text = written(piece);
      context.memoryLimit.use(text.length);
      this.buffer += text;
    },
  };
}

/** Drops tags that read other templates. */
export function createLiquid(own: Pick<LiquidOptions, "outputEscape"> = {}): Liquid {
  const engine = new Liquid({ ...options, ...own, operators: boundedOperators() });
  for (const tag of ["include", "render", "layout", "block"]) delete engine.tags[tag];
  for (const [name, given] of Object.entries(engine.filters))
    engine.registerFilter(name, boundedFilter(given));
  const { renderer } = engine;
  const renderTemplates = renderer.renderTemplates.bind(renderer);
  renderer.renderTemplates = (templates, context, emitter = boundedEmitter(context)) =>
    renderTemplates(templates, context, emitter);
  return engine;
}

/** As the library writes values. */
function written(value: unknown): string {
  const plain: unknown = toValue(value);
  if (plain === null || plain === undefined) return "";
  return Array.isArray(plain) ? plain.map(written).join("") : String(plain);
}
