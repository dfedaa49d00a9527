// Variables of OpenTelemetry, by its own names.
import * as z from "zod";
import type { TracingConfig } from "../kernel/tracer.ts";
import { webUrl } from "./values.ts";

/** `name=value,name=value`; values are percent-encoded. */
const headers = z.string().transform((text, context) => {
  const pairs = text.split(",").filter((pair) => pair.trim() !== "");
  try {
    return Object.fromEntries(
      pairs.map((pair) => {
        const [, name, value] = /^\s*([\w-]+)\s*=([\x21-\x7e ]*)$/.exec(pair)!;
        return [name!.toLowerCase(), decodeURIComponent(value!.trim())];
      }),
    );
  } catch {
    // The text may hold a password.
    context.addIssue({
      code: "custom",
      message: "must be name=value,name=value with percent-encoded values",
    });
    return z.NEVER;
  }
});

export const tracingVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: webUrl(["http:", "https:"]).optional(),
  OTEL_EXPORTER_OTLP_HEADERS: headers.optional(),
  OTEL_SERVICE_NAME: z.string().default("belfry"),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(0(\.\d+)?|1(\.0+)?)$/, "must be a share of the traces from 0 to 1, like 0.1")
    .default("1"),
} satisfies Record<string, z.ZodType>;

/** Undefined without a collector. */
export function toTracing(env: z.infer<z.ZodObject<typeof tracingVariables>>): TracingConfig | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = env;
  if (endpoint === undefined) return undefined;
  return {
    url: `${endpoint.replace(/\/+$/, "")}/v1/traces`,
    headers: env.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    serviceName: env.OTEL_SERVICE_NAME,
    ratio: Number(env.OTEL_TRACES_SAMPLER_ARG),
  };
}
