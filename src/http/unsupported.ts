// Members that Coder's clients send and Belfry can't honour: values that ask for nothing are taken, others are refused,
// so that nobody believes in something that never happens.
import * as z from "zod";
import { noId } from "./schemas.ts";

/** What Go's clients send where they ask for nothing. */
const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  value === 0 ||
  value === "" ||
  value === noId ||
  (typeof value === "object" && Object.values(value).every(isNothing));

/** The same for objects whose members stand in another order. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, typeof value === "object" ? Object.keys(value ?? {}).toSorted() : undefined);

const nothing = () => undefined;

/** Refused with 400 and `why`, unless it asks for nothing or for one of `usual`. */
export const unsupported = (why: string, ...usual: unknown[]) => only(usual.map(textOf), isNothing, why);

/** A switch that is always on: only what switches it off is refused. */
export const alwaysOn = (why: string) => only([textOf(true)], (value) => value == null, why);

const only = (usual: readonly string[], isMeaningless: (value: unknown) => boolean, why: string) =>
  z
    .unknown()
    .refine((value) => isMeaningless(value) || usual.includes(textOf(value)), {
      error: `is not supported: ${why}`,
    })
    .transform(nothing)
    .optional()
    .meta({ description: `not supported: ${why}` });

export const everyProvisioner = unsupported("every provisioner takes any job; leave tags out", {
  scope: "organization",
  owner: "",
});
export const variables = unsupported(
  "set Terraform's variables in the provisioner's environment, as TF_VAR_name, or make them parameters",
);
