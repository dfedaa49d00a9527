// Node with a libSQL server, and Deno where there is one.
import { describe, test } from "vitest";
import { conform } from "../support/conformance.ts";
import { deno, noDeno } from "../support/other-runtimes.ts";
import { denoWithServer, nodeWithServer } from "../support/deployments.ts";
import { noServer } from "../support/sqld.ts";

describe.skipIf(noServer)("Node with a libSQL server", () => conform(nodeWithServer));

if (deno === undefined) test.skip(`Deno with a libSQL server. ${noDeno}`);
else describe.skipIf(noServer)("Deno with a libSQL server", () => conform(denoWithServer(deno!)));
