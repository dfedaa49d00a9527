// Processes with an embedded file: Node, and Deno where `npm run test:runtimes` has found one.
import { describe } from "vitest";
import { conform } from "../support/conformance.ts";
import { denoWithFile, nodeWithFile } from "../support/deployments.ts";

describe("Node with a file", () => conform(nodeWithFile));

const deno = process.env["BELFRY_TEST_DENO"];
if (deno !== undefined) describe("Deno with a file", () => conform(denoWithFile(deno)));
