// What a receiver would be sent: the sample of a kind in a format, and with a template before it is saved.
import type { ReceiverFormat } from "../../../db/schema.ts";
import type { Deps } from "../../kernel/deps.ts";
import { invalid } from "../../kernel/errors.ts";
import { kindNameOf, kinds } from "../kinds/kinds.ts";
import { requireTemplate } from "./require-valid.ts";
import { formats } from "./rules/formats/formats.ts";
import { readKinds } from "./rules/given.ts";
import { isSampled, sampleMessage } from "./samples.ts";
import { listSamples } from "./store/samples.ts";

export interface PreviewRequest {
  format: ReceiverFormat;
  template?: string | undefined;
  /** A name or an id. */
  kind?: string | undefined;
}

export interface ReceiverPreview {
  /** Its name. */
  kind: string;
  /** The body of the request: JSON, indented. */
  body: string;
}

const usualKind = "workspace-autobuild-failed";

/** Throws 400 for a template that isn't valid, and for an unknown kind. */
export async function previewReceiver(
  deps: Deps,
  { format, template, kind = usualKind }: PreviewRequest,
): Promise<ReceiverPreview> {
  const { rows } = await deps.db.read({ rows: listSamples() });
  const checked = requireTemplate(deps, format, template ?? null, rows);
  const chosen = kind === "situation-resolved" ? kinds[kind].id : idOf(kind);
  const row = rows.find(({ id }) => id === chosen && isSampled(id));
  if (row === undefined) throw invalid("kind", `unknown kind "${kind}"`);
  const { message } = sampleMessage(deps, row);
  const target = { address: exampleAddress, headers: {}, secrets: [], template: checked };
  const request = formats[format].render(message, target, deps.now());
  if ("problem" in request) throw invalid("template", request.problem);
  return { kind: kindNameOf(chosen), body: JSON.stringify(JSON.parse(request.body), undefined, 2) };
}

const exampleAddress = "https://receiver.example.com/topic";

function idOf(kind: string): string {
  const read = readKinds([kind]);
  if (!read.ok) throw invalid("kind", read.detail);
  return read.kinds![0]!;
}
