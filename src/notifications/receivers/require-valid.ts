// Refuses what owners say about a receiver, with each field that is wrong.
import type { ReceiverFormat, ReceiverRecipients } from "../../../db/schema.ts";
import type { Deps } from "../../kernel/deps.ts";
import { ApiError, invalid, invalidFields } from "../../kernel/errors.ts";
import { formats } from "./rules/formats/formats.ts";
import { nameProblem, readKinds, recipientsProblem, targetProblems, type Problem } from "./rules/given.ts";
import { checkJsonTemplate } from "./rules/json-template.ts";
import type { ReceiverTarget } from "./rules/message.ts";
import { sampleMessages } from "./samples.ts";
import type { ReceiverRow } from "./store/receivers.ts";
import { listSamples, type SampleRow } from "./store/samples.ts";

/** The kinds, as they are stored. Throws 400 with everything that is wrong. */
export function requireValid(
  deps: Pick<Deps, "config">,
  given: {
    name: string;
    format: ReceiverFormat;
    target: ReceiverTarget;
    recipients: ReceiverRecipients;
    kinds: readonly string[] | null;
  },
): string | null {
  const problem = nameProblem(given.name);
  const kinds = readKinds(given.kinds);
  const ofRecipients = recipientsProblem(given.format, given.recipients);
  const { receiversAllowPrivate } = deps.config.notifications;
  const problems: Problem[] = [
    ...(problem === undefined ? [] : [{ field: "name", detail: problem }]),
    ...targetProblems(given.format, given.target, receiversAllowPrivate),
    ...(ofRecipients === undefined ? [] : [{ field: "recipients", detail: ofRecipients }]),
    ...(kinds.ok ? [] : [{ field: "kinds", detail: kinds.detail }]),
  ];
  requireNone(problems);
  return kinds.ok && kinds.kinds !== null ? JSON.stringify(kinds.kinds) : null;
}

function requireNone(problems: Problem[]): void {
  if (problems.length === 0) return;
  throw problems.length === 1 ? invalid(problems[0]!.field, problems[0]!.detail) : invalidFields(problems);
}

/** The template that a receiver of this format has. Throws 400 with everything that is wrong. `samples`: of all kinds. */
export function requireTemplate(
  deps: Deps,
  format: ReceiverFormat,
  template: string | null,
  samples: readonly SampleRow[],
): string | null {
  if (formats[format].hasTemplate !== true) {
    if (template !== null)
      throw invalid("template", `${formats[format].label} has none, only the format json`);
    return null;
  }
  if (template === null) throw invalid("template", "is required: what is sent, as Liquid that renders JSON");
  requireNone(checkJsonTemplate(template, sampleMessages(deps, samples)));
  return template;
}

/** The samples are read only where there is a template. Throws 400. */
export async function checkedTemplate(
  deps: Deps,
  format: ReceiverFormat,
  given: string | undefined,
): Promise<string | null> {
  const needs = formats[format].hasTemplate === true;
  const { samples } = needs ? await deps.db.read({ samples: listSamples() }) : { samples: [] };
  return requireTemplate(deps, format, given ?? null, samples);
}

export const storedKinds = ({ kinds }: Pick<ReceiverRow, "kinds">): string[] | null =>
  kinds === null ? null : (JSON.parse(kinds) as string[]);

export const nameTaken = (name: string) =>
  new ApiError(409, `Receiver name "${name}" is already taken.`, {
    validations: [{ field: "name", detail: "already in use" }],
  });
