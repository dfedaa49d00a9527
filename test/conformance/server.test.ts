// Node with a libSQL server.
import { describe } from "vitest";
import { conform } from "../support/conformance.ts";
import { nodeWithServer } from "../support/deployments.ts";
import { noServer } from "../support/sqld.ts";

describe.skipIf(noServer)("Node with a libSQL server", () => conform(nodeWithServer));
