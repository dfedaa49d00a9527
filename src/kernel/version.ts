// The release, as clients see it.
export const version = "v0.1.0";

/**
 * The same in the header that Coder's command line compares with its own release on every answer. By its rules v0.0.0 is
 * "no release of Coder": it then doesn't ask people to install another one.
 */
export const versionForCoder = `v0.0.0-belfry.${version.slice(1)}`;
