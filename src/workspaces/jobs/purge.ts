// What apps have reported goes, a slice a tick; what each said last stays.
import type { Statement } from "../../../db/client.ts";
import type { Deps } from "../../kernel/deps.ts";
import { purgeStatuses } from "../agents/store/app-statuses.ts";

const retention = 30 * 86_400_000;
const slice = 500;

export const purgeWorkspaces = (deps: Deps): Statement[] => [purgeStatuses(deps.now() - retention, slice)];
