// Schemas that several routes share: what requests carry and what answers look like.
import * as z from "zod";
import { maxCounted, type Page } from "../../db/rows.ts";
import { errorCodes } from "../kernel/errors.ts";
import { byteLength, validateOneLine } from "../kernel/rules/text.ts";

/** Of any version and variant: ids of Coder's are invented by hand, too. */
export const uuid = z.guid({ error: (issue) => `"${String(issue.input)}" is not a UUID` });
/** As ids are stored. */
export const lowerUuid = uuid.transform((id) => id.toLowerCase());

/** What Go's clients send where they mean no id. */
export const noId = "00000000-0000-0000-0000-000000000000";

/** An id that may be left out, be empty or be all zeros: undefined then. */
export const optionalId = z
  .union([z.literal(""), z.literal(noId), uuid], { error: "is not a UUID" })
  .nullish()
  .transform((id) => (id == null || id === "" || id === noId ? undefined : id.toLowerCase()));

/** Bytes of a media type: of a request's body, at most so many, or of an answer. */
export const bytes = (contentMediaType: string, maxLength?: number) =>
  z.string().meta({ contentMediaType, format: "binary", ...(maxLength === undefined ? {} : { maxLength }) });

/** At most so many bytes of UTF-8: limits of the wire are bytes, not characters. */
export const text = (maxBytes: number) =>
  textOfBytes(maxBytes).meta({ maxLength: maxBytes, description: `At most ${maxBytes} bytes of UTF-8` });

const textOfBytes = (maxBytes: number) =>
  z.string().refine((value) => value.length * maxUnitBytes <= maxBytes || byteLength(value) <= maxBytes, {
    error: (issue) => `has ${byteLength(String(issue.input))} bytes, at most ${maxBytes} allowed`,
  });

/** No character has more bytes of UTF-8 for each unit of its length. */
const maxUnitBytes = 3;

/** A query that takes nothing unknown; a key in it says who asks. */
export const strictQuery = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject({
    ...shape,
    coder_session_token: z
      .string()
      .optional()
      .meta({ description: "a key, for programs that can't set a header" }),
  });

export const filledText = (maxBytes: number) =>
  text(maxBytes).refine((value) => value.trim() !== "", "must not be empty");

/** RFC 3339 in UTC. */
export const timeSchema = z.string().meta({ format: "date-time" });
export const toTime = (at: number): string => new Date(at).toISOString();
export const toTimeOrNull = (at: number | null): string | null => (at === null ? null : toTime(at));

/** A name that people read in the middle of other text. */
export const oneLine = (maxBytes: number) =>
  text(maxBytes).superRefine((name, context) => {
    const message = validateOneLine(name);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

export const actionSchema = z.object({ label: z.string(), url: z.string() });

export const errorSchema = z
  .object({
    message: z.string(),
    detail: z.string().optional(),
    validations: z.array(z.object({ field: z.string(), detail: z.string() })).optional(),
    code: z
      .enum(errorCodes)
      .optional()
      .meta({ description: "duplicate: the same notification was sent less than a minute ago" }),
  })
  .meta({ id: "Error" });

export const messageSchema = z.object({ message: z.string() });

/** `?ids=a,b&ids=c`: one list; blanks round the items don't count, an empty value is none. */
export const uuidList = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) =>
    (value === undefined ? [] : Array.isArray(value) ? value : [value])
      .flatMap((part) => part.split(","))
      .map((item) => item.trim())
      .filter((item) => item !== ""),
  )
  .pipe(z.array(uuid));

/** A list's `q`, read by a rule that says what it doesn't understand. */
export const searchText = <Search>(
  parse: (q: string) => { ok: true; search: Search } | { ok: false; problem: string },
) =>
  text(1_000)
    .optional()
    .transform((q, context): Search => {
      const verdict = parse(q ?? "");
      if (verdict.ok) return verdict.search;
      context.addIssue({ code: "custom", message: verdict.problem });
      return z.NEVER;
    });

/** `limit` as Coder takes it: nothing, an empty value and 0 mean the default. */
export const wholeNumber = z
  .string()
  .regex(/^\d{0,15}$/, { error: (issue) => `"${String(issue.input)}" is not a whole number` })
  .optional()
  .transform((value) => (value === undefined || Number(value) === 0 ? undefined : Number(value)));

const maxLimit = 200;
/** Coder's clients send no limit where they want everything, for example `coder list`. */
const withoutLimit = 1_000;

/** `limit` of a list of Coder's. */
export const listLimit = wholeNumber
  .transform((limit) => (limit === undefined ? withoutLimit : Math.min(limit, maxLimit)))
  .meta({ description: `at most ${maxLimit}; left out or 0: ${withoutLimit}` });

/** `count` of a list. */
export const listCount = z.number().meta({
  description: `how many match; of many, counting stops ${maxCounted} after the offset`,
});
export const toListCount = (total: readonly { count: number }[], { offset = 0 }: Page): number =>
  Math.min(total[0]!.count, offset + maxCounted);

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
  "set Terraform's variables in the provisioner's environment, as TF_VAR_name, or use parameters",
);
