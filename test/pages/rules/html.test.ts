import { expect, test } from "vitest";
import { html, raw } from "../../../src/pages/html.ts";

test("what is put in is escaped, unless it is HTML itself", () => {
  const name = `<b title='"'>&`;
  expect(html`<p title="${name}">${name}</p>`.text).toBe(
    `<p title="&lt;b title=&#39;&quot;&#39;&gt;&amp;">&lt;b title=&#39;&quot;&#39;&gt;&amp;</p>`,
  );
  expect(html`<p>${html`<b>${"<"}</b>`}${raw("<hr>")}</p>`.text).toBe("<p><b>&lt;</b><hr></p>");
  expect(String(html`<i></i>`)).toBe("<i></i>");
});

test("lists are joined, numbers written, and what is absent is nothing", () => {
  expect(html`${["<", [html`<i></i>`, 1]]}|${0}|${null}${undefined}${true}${false}|`.text).toBe(
    "&lt;<i></i>1|0||",
  );
});
