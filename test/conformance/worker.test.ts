// The Worker in workerd, with a libSQL server.
import { describe } from "vitest";
import { conform } from "../support/conformance.ts";
import { workerWithServer } from "../support/deployments.ts";
import { noServer } from "../support/sqld.ts";

describe.skipIf(noServer)("workerd with a libSQL server", () => conform(workerWithServer));
