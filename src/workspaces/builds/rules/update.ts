// Whether a build is an update of its workspace.

/**
 * A request that names a version that the workspace didn't have: whatever the transition, and backwards too.
 * `requested`: as the request named it; undefined when it named none.
 */
export const isUpdate = (build: { requested: string | undefined; previous: string; next: string }): boolean =>
  build.requested !== undefined && build.next !== build.previous;
