// Routes of what owners choose about kinds of notification for everybody: channels, severity, default, disabled.
import { Hono } from "hono";
import * as z from "zod";
import { minSeverities } from "../../db/schema.ts";
import { kindMethods } from "../notifications/channels/index.ts";
import { chosenSeverity, severityOf } from "../notifications/kinds/kinds.ts";
import { firstMethodOf, methodsOf } from "../notifications/kinds/methods.ts";
import { changeChoices, type ChosenKind } from "../notifications/texts/choices.ts";
import { findChoices } from "../notifications/texts/store/choices.ts";
import { listTemplatesWithAuthors, type ListedTemplate } from "../notifications/texts/store/templates.ts";
import { endpoint, readAsUser, valid, type Env } from "../http/endpoint.ts";
import { messageSchema, uuid } from "../http/schemas.ts";
import { boolean, field, number, shape, string, time } from "../http/wire.ts";
import { noteOfTemplate, onlyOwners } from "./notification-changes.ts";

const choicesShape = shape<ListedTemplate>("NotificationChoices")({
  id: string((row) => row.id),
  name: string((row) => row.name),
  group: string((row) => row.group),
  method: string((row) => firstMethodOf(row.method), "The first of the channels; empty: the default channel"),
  channels: field(
    z.array(z.string()).nullable().meta({ description: "Besides the inbox; null: the default channel" }),
    (row) => methodsOf(row.method),
  ),
  severity: field(z.enum(["info", "warning", "critical", "success"]), (row) => severityOf(row)),
  severity_choice: field(
    z.enum(minSeverities).nullable().meta({ description: "An owner's choice of the severity, or null" }),
    (row) => chosenSeverity(row) ?? null,
  ),
  enabled_by_default: boolean((row) => row.enabledByDefault),
  default_choice: field(
    z.boolean().nullable().meta({ description: "An owner's choice of the default, or null" }),
    (row) => row.defaultChoice,
  ),
  disabled: boolean((row) => row.isDisabled, "Nobody gets this kind"),
  active_version: number((row) => row.version),
  changed_by: field(
    z.string().nullable().meta({ description: "The author of the active version; null for Belfry's" }),
    (row) => row.changedBy,
  ),
  changed_at: time((row) => row.changedAt),
});

const choicesBody = z
  .strictObject({
    enabled_by_default: z
      .boolean()
      .nullable()
      .optional()
      .meta({ description: "For users without a preference; null: as the release has it" }),
    disabled: z.boolean().optional().meta({ description: "For everybody, in every channel" }),
    severity: z
      .enum(minSeverities)
      .nullable()
      .optional()
      .meta({ description: "null: as the release has it" }),
    channels: z
      .array(z.enum(kindMethods, { error: `must be one of ${kindMethods.toSorted().join(", ")}` }))
      .min(1)
      .max(kindMethods.length)
      .nullable()
      .optional()
      .meta({ description: 'Besides the inbox; `["inbox"]`: no other; null: the default channel' }),
  })
  .refine((body) => Object.keys(body).length > 0, "name at least one choice");

export const notificationChoiceRoutes = new Hono<Env>()
  .get(
    "/notifications/templates/choices",
    endpoint({
      summary: "List all kinds with their channels, defaults and who changed them",
      access: "session",
      answers: { 200: z.array(choicesShape.schema) },
      errors: [401],
    }),
    async (c) => {
      const { kinds } = await readAsUser(c, { kinds: listTemplatesWithAuthors() });
      return c.json(kinds.map(choicesShape.from));
    },
  )
  .put(
    "/notifications/templates/:id/choices",
    endpoint({
      summary: "Set a kind's channels, severity and default, or disable it for everybody",
      access: "session",
      requires: onlyOwners,
      answers: { 200: messageSchema },
      errors: [404],
    }),
    valid("param", z.object({ id: uuid })),
    valid("json", choicesBody),
    async (c) => {
      const { id } = c.req.valid("param");
      const {
        enabled_by_default: defaultChoice,
        disabled: isDisabled,
        severity,
        channels,
      } = c.req.valid("json");
      const method = channels === undefined ? undefined : toMethods(channels);
      const { actor, kind } = await readAsUser(c, { kind: findChoices(id) });
      const note = noteOfTemplate(c, actor, id);
      const after = await changeChoices(
        c.get("deps"),
        kind,
        { defaultChoice, isDisabled, severity, method },
        note,
      );
      return c.json({ message: `"${after.name}" ${describe(after)}.` });
    },
  );

function describe(kind: ChosenKind): string {
  const { isDisabled, defaultChoice } = kind;
  if (isDisabled) return "is disabled for everybody";
  const more = [
    ...(chosenSeverity(kind) === undefined ? [] : [`severity ${severityOf(kind)}`]),
    ...(kind.method === null ? [] : [`channels ${methodsOf(kind.method)!.join(", ")}`]),
  ];
  const rest = more.length === 0 ? "" : `; ${more.join(", ")}`;
  if (defaultChoice === null) return `is enabled, with Belfry's default${rest}`;
  return `is enabled, ${defaultChoice ? "on" : "off"} by default${rest}`;
}

/** As it is stored: each once, the inbox alone or not at all. */
export function toMethods(channels: readonly string[] | null): string | null {
  if (channels === null) return null;
  const others = kindMethods.filter((method) => method !== "inbox" && channels.includes(method));
  return others.length === 0 ? "inbox" : others.join(",");
}
