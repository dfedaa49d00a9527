// Processes with an embedded file: Node, and Deno and Bun where they are.
import { describe, test } from "vitest";
import { conform } from "../support/conformance.ts";
import { bun, deno, noBun, noDeno } from "../support/other-runtimes.ts";
import { bunWithFile, denoWithFile, nodeWithFile } from "../support/deployments.ts";

describe("Node with a file", () => conform(nodeWithFile));

if (deno === undefined) test.skip(`Deno with a file. ${noDeno}`);
else describe("Deno with a file", () => conform(denoWithFile(deno!)));

if (bun === undefined) test.skip(`Bun with a file. ${noBun}`);
else describe("Bun with a file", () => conform(bunWithFile(bun!)));
