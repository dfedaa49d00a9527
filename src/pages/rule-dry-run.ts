// The dry run on the pages of rules: a form for an event, and what would become of it. Nothing is sent.
import { dryRunBody, dryRunFor } from "../api/dry-run.ts";
import { toValidation, type Ctx } from "../http/endpoint.ts";
import { ApiError, invalid, invalidFields } from "../kernel/errors.ts";
import { messageChannel } from "../notifications/channels/index.ts";
import { kinds } from "../notifications/kinds/kinds.ts";
import type { DryRun } from "../notifications/routing/dry-run.ts";
import { formatDuration } from "../notifications/situations/rules/situation.ts";
import { fields, problem, type Field } from "./form.ts";
import { attributes, html } from "./html.ts";
import type { Html } from "./layout.ts";
import type { Scope } from "./rule-form.ts";

const names = ["kind", "user", "template", "preset", "workspace", "owner", "labels"] as const;
type Typed = Partial<Record<(typeof names)[number], string>>;

export interface Tried {
  typed: Typed;
  /** Undefined before there is an event. */
  result?: DryRun;
  error?: ApiError;
}

/** The event is in the query: its dry run changes nothing, and its address can be kept. */
export async function tryEvent(c: Ctx, { isOwn }: Scope): Promise<Tried> {
  const given = names.map((name) => [name, c.req.query(name)?.trim() ?? ""] as const);
  const typed: Typed = Object.fromEntries(given.filter(([, value]) => value !== ""));
  if (typed.kind === undefined) return { typed };
  try {
    const { user = "me", labels, ...event } = typed;
    const parsed = dryRunBody.safeParse({ ...event, labels: labelsIn(labels) });
    if (!parsed.success) throw invalidFields(parsed.error.issues.map(toValidation));
    return { typed, result: await dryRunFor(c, isOwn ? "me" : user, parsed.data) };
  } catch (error) {
    if (!(error instanceof ApiError) || ![400, 404].includes(error.status)) throw error;
    return { typed, error: error.status === 404 ? invalid("user", `unknown user "${typed.user}"`) : error };
  }
}

function labelsIn(text = ""): Record<string, string> {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf("=");
      if (at < 1) throw invalid("labels", "each line must be a name and a value, for example task=migrate");
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}

const thing = (name: "user" | "template" | "preset" | "workspace" | "owner", label: string): Field => ({
  name,
  label,
  type: "text",
  autocomplete: "off",
  optional: true,
});

const kindOptions = Object.entries(kinds)
  .map(([value, { displayName }]) => ({ value, label: displayName }))
  .toSorted((a, b) => a.label.localeCompare(b.label, "en"));

const eventFields = ({ isOwn }: Scope, typed: Typed): Field[] =>
  [
    {
      name: "kind",
      label: "Kind",
      type: "select",
      autocomplete: "off",
      optional: false,
      options: kindOptions,
    } as const,
    ...(isOwn ? [] : [{ ...thing("user", "Recipient"), hint: "A username. If empty: you." }]),
    thing("template", "Template"),
    thing("preset", "Preset"),
    thing("workspace", "Workspace"),
    { ...thing("owner", "Owner"), hint: "The username of the workspace's owner." },
    {
      name: "labels",
      label: "Labels",
      type: "lines",
      autocomplete: "off",
      optional: true,
      rows: 2,
      hint: "One in each line, for example task=migrate.",
    } as const,
  ].map((field) => ({ ...field, value: typed[field.name as keyof Typed] }));

/** The form; above it, what would become of the event that was typed. */
export function dryRunSection(scope: Scope, { typed, result, error }: Tried): Html {
  const form = eventFields(scope, typed);
  return html`${result === undefined ? "" : resultOf(scope, typed, result)}
    <details class="adding" ${attributes({ open: error !== undefined })}>
      <summary class="button">Dry run</summary>
      <form class="sheet" method="get" action="${scope.base}">
        <h2>Dry run</h2>
        <p class="hint">Shows what would become of an event, and which rule decides. Nothing is sent.</p>
        ${problem(error, form)} ${fields(form, error)}
        <button class="button primary" type="submit">Show</button>
      </form>
    </details>`;
}

const verdicts = { decided: "decides", no_match: "doesn't match", not_asked: "is not asked" };

function resultOf(
  { base, isOwn }: Scope,
  { kind, user }: Typed,
  { rules, messages, escalation }: DryRun,
): Html {
  const others = isOwn ? " (the deployment's)" : " (the recipient's own)";
  const asked = rules.map(
    (rule) =>
      html`<li>
        <strong>${rule.name}</strong>${rule.isOwn === isOwn ? "" : others}
        ${verdicts[rule.verdict]}${rule.why.length === 0 ? "" : `: ${rule.why.join("; ")}`}
      </li>`,
  );
  const sent = messages.map(
    (message) =>
      html`<li><strong>${messageChannel(message)}:</strong> ${whenSent(message)}. ${message.text}</li>`,
  );
  return html`<div class="ask" id="dry-run" role="status">
    <h2>
      Dry run:
      ${kindOptions.find(({ value }) => value === kind)?.label ?? kind}${isOwn || user === undefined ? "" : ` for ${user}`}
    </h2>
    ${
      asked.length === 0
        ? html`<p>No rules to ask.</p>`
        : html`<ul>
            ${asked}
          </ul>`
    }
    ${
      sent.length === 0
        ? html`<p>Nobody is notified.</p>`
        : html`<ul>
            ${sent}
          </ul>`
    }
    ${
      escalation === null
        ? ""
        : html`<p>
            If nobody has read it after ${formatDuration(escalation.after)}, the rule ${escalation.rule}
            escalates it to ${escalation.to.join(", ")}.
          </p>`
    }
    <a class="button" href="${base}">Close</a>
  </div>`;
}

function whenSent({ status, wait }: DryRun["messages"][number]): string {
  if (status === "inhibited") return "not sent";
  return wait === null || wait === 0 ? "sent" : `sent in ${formatDuration(wait)}`;
}
