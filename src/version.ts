// The release, as clients see it.
export const version = "v0.1.0";
