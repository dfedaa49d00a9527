import { expect, test } from "vitest";
import { createTextCache } from "../../../src/kernel/rules/text-cache.ts";

/** Makes ten characters of any text, and counts. */
function createRender() {
  const rendered: string[] = [];
  const render = (text: string) => {
    rendered.push(text);
    return text.padEnd(10, ".");
  };
  return { rendered, render };
}

test("a text is rendered once while it is used", () => {
  const cache = createTextCache(200);
  const { rendered, render } = createRender();
  for (let turn = 0; turn < 50; turn += 1) {
    expect(cache("often", render)).toBe("often.....");
    // Fills the cache again and again.
    cache(`t${turn}`, render);
  }
  expect(rendered.filter((text) => text === "often")).toHaveLength(1);
  expect(rendered).toHaveLength(51);
});

test("what was not used for a while is rendered again", () => {
  const cache = createTextCache(200);
  const { rendered, render } = createRender();
  cache("once", render);
  for (let turn = 0; turn < 50; turn += 1) cache(`t${turn}`, render);
  cache("once", render);
  expect(rendered.filter((text) => text === "once")).toHaveLength(2);
});

test("a text that is too large is rendered, not kept", () => {
  const cache = createTextCache(200);
  const { rendered, render } = createRender();
  const large = "x".repeat(200);
  expect([cache(large, render), cache(large, render)]).toEqual([large, large]);
  expect(rendered).toHaveLength(2);
});
