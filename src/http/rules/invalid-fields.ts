// What is wrong with a part of a request, as one 400 that names each field.
import type * as z from "zod";
import { ApiError, type Validation } from "../../kernel/errors.ts";

export function invalidFields(issues: readonly z.core.$ZodIssue[]): ApiError {
  const validations = issues.map(toValidation);
  return new ApiError(400, summarise(validations), { validations });
}

function toValidation(issue: z.core.$ZodIssue): Validation {
  const field = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    return { field: issue.keys.join(", "), detail: "is not known here" };
  }
  return { field: field === "" ? "body" : field, detail: issue.message };
}

const summarise = (validations: Validation[]) =>
  validations.length === 1
    ? `${validations[0]!.field}: ${validations[0]!.detail}`
    : "The request has members that are not valid.";
