// Workspaces and what belongs to them are their owner's and some roles' to see: nothing of them is read for others.
import type { SQL } from "../../db/client.ts";
import { ownerIsVisibleTo } from "../workspaces/builds/store/build-view.ts";
import { currentUserIdSql, type Ctx, type Limits } from "../http/endpoint.ts";

/** For `readAsUser`: who may not see that owner's workspaces gets a 404 of `name`. */
export const visibleOwner = (c: Ctx, ownerId: SQL, name: string): Limits => ({
  visible: { when: ownerIsVisibleTo(currentUserIdSql(c), ownerId), name },
});
