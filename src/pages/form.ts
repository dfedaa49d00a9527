// Forms: renders fields with labels, hints and errors, and reads what the browser sent.
import { html } from "./html.ts";
import type { Ctx } from "../http/endpoint.ts";
import { ApiError, type Validation } from "../kernel/errors.ts";
import { attributes, type Html } from "./layout.ts";

export interface Field {
  name: string;
  label: string;
  type: "text" | "lines" | "email" | "password" | "number" | "select";
  autocomplete: string;
  hint?: string;
  value?: string | undefined;
  optional?: boolean;
  autofocus?: boolean;
  /** Of lines. */
  rows?: number;
  /** Of a select. */
  options?: readonly { value: string; label: string }[];
}

const maxTextLength = 4_096;

/** Text fields of a form; missing fields and files are "". Throws 400 for one that is too long. `long`: may be longer. */
export async function readForm<Name extends string>(
  c: Ctx,
  names: readonly Name[],
  long: Partial<Record<Name, number>> = {},
): Promise<Record<Name, string>> {
  const sent = await readFields(c);
  const texts = names.map((name): [Name, string] => {
    const value = sent[name];
    return [name, typeof value === "string" ? value : ""];
  });
  for (const [name, text] of texts) {
    const max = long[name] ?? maxTextLength;
    if (text.length <= max) continue;
    const detail = `too long: at most ${max} characters allowed`;
    throw new ApiError(400, `A field is ${detail}.`, { validations: [{ field: name, detail }] });
  }
  return Object.fromEntries(texts) as Record<Name, string>;
}

/** All fields of a form; the last value of a repeated name. */
export function readFields(c: Ctx): Promise<Record<string, unknown>> {
  return c.req.parseBody().catch((error: unknown) => {
    if (error instanceof TypeError)
      throw new ApiError(400, "The form data is invalid. Submit the form again.");
    throw error;
  });
}

/** Names in a field: between commas, blanks and line breaks. */
export const namesIn = (text = ""): string[] => text.split(/[\s,]+/).filter((name) => name !== "");

/** What `act` answers; the form again if what was typed is refused. */
export async function orShown(
  act: () => Promise<Response>,
  show: (error: ApiError) => Promise<Response>,
): Promise<Response> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ApiError) || ![400, 409].includes(error.status)) throw error;
    return show(error);
  }
}

export function fields(all: readonly Field[], error?: ApiError): Html[] {
  const wrong = all.find((field) => fieldError(field, error) !== undefined);
  return all.map((field) =>
    renderField(
      wrong === undefined ? field : { ...field, autofocus: field === wrong },
      fieldError(field, error),
    ),
  );
}

const fieldError = (field: Field, error: ApiError | undefined): string | undefined =>
  error?.validations?.find((validation) => validation.field === field.name)?.detail;

function renderField(field: Field, error: string | undefined): Html {
  const { name, label, hint, optional = false } = field;
  const described = [hint === undefined ? "" : `${name}-hint`, error === undefined ? "" : `${name}-error`];
  const common = {
    id: name,
    name,
    autocomplete: field.autocomplete,
    autofocus: field.autofocus,
    "aria-describedby": described.join(" ").trim() || undefined,
    "aria-invalid": error === undefined ? undefined : "true",
  };
  return html`<div class="field">
    <label for="${name}">${label}${optional ? html` <span class="optional">optional</span>` : ""}</label>
    ${hint === undefined ? "" : html`<p class="hint" id="${name}-hint">${hint}</p>`} ${control(field, common)}
    ${error === undefined ? "" : html`<p class="wrong" id="${name}-error">${sentence(error)}</p>`}
  </div>`;
}

type Attributes = Parameters<typeof attributes>[0];

function control(field: Field, common: Attributes): Html {
  if (field.type === "select") return select(field, common);
  return field.type === "lines" ? lines(field, common) : input(field, common);
}

const lines = ({ value, optional = false, rows = 4 }: Field, common: Attributes): Html =>
  html`<textarea${attributes({ ...common, rows: String(rows), required: !optional, spellcheck: "false" })}>
${value}</textarea>`;

const input = ({ type, value, optional = false }: Field, common: Attributes): Html =>
  html`<input${attributes({
    ...common,
    // Browsers rewrite what is typed into a field for addresses: a domain of another script becomes punycode.
    type: type === "password" ? type : "text",
    inputmode: type === "email" ? "email" : type === "number" ? "decimal" : undefined,
    value,
    required: !optional,
    autocapitalize: "none",
    spellcheck: "false",
  })}>`;

const select = ({ options = [], value }: Field, common: Attributes): Html =>
  html`<select${attributes(common)}>
    ${options.map((option) => html`<option${attributes({ value: option.value, selected: option.value === value })}>${option.label}</option>`)}
  </select>`;

/** The form's error, with details of fields that it doesn't show. */
export function problem(error: ApiError | undefined, shown: readonly Field[] = []): Html | string {
  if (error === undefined) return "";
  const { validations = [] } = error;
  const isShown = ({ field }: Validation) => shown.some(({ name }) => name === field);
  const elsewhere = validations.filter((validation) => !isShown(validation));
  const message = validations.some(isShown) ? "Fix the fields marked below." : error.message;
  return html`<div class="problem" role="alert">
    <p>${message}</p>
    ${error.detail === undefined ? "" : html`<p>${error.detail}</p>`}
    ${validations.length > elsewhere.length ? elsewhere.map(({ field, detail }) => html`<p>${field}: ${detail}</p>`) : ""}
  </div>`;
}

/** `enter a value` as a sentence of its own, under the field that it is about. */
export function sentence(detail: string): string {
  const text = `${detail.slice(0, 1).toUpperCase()}${detail.slice(1)}`;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
