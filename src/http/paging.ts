// Numbers in a query: how many, and from where.
import * as z from "zod";

/** `limit` as Coder takes it: nothing, an empty value and 0 mean the default. */
export const wholeNumber = z
  .string()
  .regex(/^\d{0,15}$/, { error: (issue) => `"${String(issue.input)}" is no whole number` })
  .optional()
  .transform((value) => (value === undefined || Number(value) === 0 ? undefined : Number(value)));
