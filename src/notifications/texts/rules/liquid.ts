// Liquid with limits on computation and output. They also apply inside filters, comparisons and output, where the library's
// time limit isn't checked.
import {
  Liquid,
  defaultOperators,
  toValue,
  type Context,
  type Emitter,
  type FilterImplOptions,
} from "liquidjs";
import type { LiquidOptions, Operators } from "liquidjs";

/** The library's units of memory for one text: about one for each character or list item. */
const memoryLimit = 500_000;
/** Each item that a filter or a comparison reads takes some microseconds. */
const unitsPerItem = 10;
/** Units for each filter, comparison, output and tag itself. */
const unitsPerStep = 10;

// Far above what real texts need. `renderLimit` is in milliseconds, and only for what nobody has thought of: a machine that is
// busy or suspended can stop for hundreds of them within a text of ten words.
const limits = { parseLimit: 100_000, renderLimit: 2_000, memoryLimit };

const options = {
  ...limits,
  ownPropertyOnly: true,
  strictVariables: false,
  strictFilters: true,
  cache: false,
  // Templates are rows: there is nothing to include.
  templates: {},
};

/** Throws if the text exceeds its limit. */
function charge({ memoryLimit: memory }: Context, values: readonly unknown[]): void {
  const lengths = values.map((value) =>
    Array.isArray(value) ? value.length * unitsPerItem : typeof value === "string" ? value.length / 10 : 0,
  );
  memory.use(lengths.reduce((sum, length) => sum + length, unitsPerStep));
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

/** Collects the output, and throws when it is too long. */
function boundedEmitter(context: Context): Emitter {
  return {
    buffer: "",
    write(piece: unknown) {
      const text = toOutput(piece);
      context.memoryLimit.use(text.length);
      this.buffer += text;
    },
  };
}

/** Without the tags that include other templates. `filters`: beside the library's, or in their place. */
export function createLiquid(
  own: Pick<LiquidOptions, "outputEscape"> = {},
  filters: Readonly<Record<string, FilterImplOptions>> = {},
): Liquid {
  const engine = new Liquid({ ...options, ...own, operators: boundedOperators() });
  for (const [name, filter] of Object.entries(filters)) engine.registerFilter(name, filter);
  for (const tag of ["include", "render", "layout", "block"]) delete engine.tags[tag];
  for (const [name, given] of Object.entries(engine.filters))
    engine.registerFilter(name, boundedFilter(given));
  const { renderer } = engine;
  const renderTemplates = renderer.renderTemplates.bind(renderer);
  // The whole text, and each turn of a loop and each branch in it.
  renderer.renderTemplates = (templates, context, emitter = boundedEmitter(context)) => {
    context.memoryLimit.use((1 + templates.length) * unitsPerStep);
    return renderTemplates(templates, context, emitter);
  };
  return engine;
}

/** A value as the library outputs it. */
function toOutput(value: unknown): string {
  const plain: unknown = toValue(value);
  if (plain === null || plain === undefined) return "";
  return Array.isArray(plain) ? plain.map(toOutput).join("") : String(plain);
}
