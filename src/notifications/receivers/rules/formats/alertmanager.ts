// Alertmanager: alerts of its API v2. An alert is its labels, so they are the same when it fires and when it ends.
import { kindNameOf, severityOf } from "../../../kinds/kinds.ts";
import { identifyingLabels } from "../../../situations/rules/situation.ts";
import { toPlainText } from "../../../texts/rules/markdown.ts";
import {
  cutText,
  pagingSeverities,
  type ReceiverMessage,
  type ReceiverRequest,
  type ReceiverTarget,
} from "../message.ts";

const maxSummary = 500;
const maxDescription = 10_000;
const maxLabel = 200;

/** An alert that has no end from the start would end with Alertmanager's `resolve_timeout`, after five minutes. */
const openMs = 30 * 86_400_000;
/** What has no end by itself. */
const momentMs = 3_600_000;

/** A kind of event, and the thing that it is about. */
type Problem = { template_id: string } & Partial<Record<(typeof identifyingLabels)[number], string | null>>;

interface Alert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt: string;
  generatorURL: string;
}

export function renderAlertmanager(message: ReceiverMessage, target: ReceiverTarget): ReceiverRequest {
  const [token] = target.secrets;
  return {
    url: alertsUrl(target.address),
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(alertsOf(message)),
  };
}

/** Of the address of an Alertmanager, which can be in a folder, or of its alerts. */
function alertsUrl(address: string): string {
  const url = new URL(address);
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path.endsWith("/alerts") ? path : `${path}/api/v2/alerts`;
  return url.href;
}

/** What fires is one alert; what ends is every alert that its recurrences have fired. */
function alertsOf(message: ReceiverMessage): Alert[] {
  const { outgoing, isResolved, isOpen, at, title, body, facts, link, key } = message;
  const { since, problems } = problemsOf(message);
  const annotations = {
    ...Object.fromEntries(facts.flatMap(([name, value]) => annotation(name, value))),
    summary: cutText(title, maxSummary),
    description: cutText(toPlainText(body), maxDescription),
    kind: outgoing.template.name,
  };
  const end = isResolved ? at : at + (isOpen ? openMs : momentMs);
  return problems.map((problem) => ({
    labels: alertLabels(problem, key, outgoing.template.severities),
    annotations,
    startsAt: new Date(since).toISOString(),
    endsAt: new Date(end).toISOString(),
    generatorURL: link,
  }));
}

function alertLabels(
  { template_id: templateId, ...labels }: Problem,
  key: string,
  chosen: string | null | undefined,
): Record<string, string> {
  const things = identifyingLabels.flatMap((name) => {
    const value = labels[name] ?? "";
    return value === "" ? [] : [[name, cutText(value, maxLabel)] as const];
  });
  return {
    alertname: kindNameOf(templateId),
    severity: pagingSeverities[severityOf({ id: templateId, severities: chosen })],
    belfry_id: key.replace(/^belfry\//, ""),
    ...Object.fromEntries(things),
  };
}

/** `Template version` → `template_version`; a name that Prometheus doesn't accept is left out. */
function annotation(name: string, value: string): [string, string][] {
  const key = name.toLowerCase().replaceAll(" ", "_");
  return /^[a-z_][a-z0-9_]*$/.test(key) ? [[key, value]] : [];
}

/** Of an end, what its event says. */
function problemsOf({ outgoing, at, isResolved }: ReceiverMessage): { since: number; problems: Problem[] } {
  const { template, labels, data } = outgoing;
  return isResolved && data?.["problems"] !== undefined
    ? { since: data["since"] as number, problems: data["problems"] as Problem[] }
    : { since: at, problems: [{ ...labels, template_id: template.id }] };
}
