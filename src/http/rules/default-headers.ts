// Headers of every response.
import { versionForCoder } from "../../kernel/version.ts";

/** Browser features that no page uses. */
const deniedFeatures = [
  "accelerometer",
  "camera",
  "display-capture",
  "geolocation",
  "gyroscope",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "publickey-credentials-get",
  "usb",
]
  .map((feature) => `${feature}=()`)
  .join(", ");

export const fixedHeaders = {
  "x-coder-build-version": versionForCoder,
  "x-content-type-options": "nosniff",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": deniedFeatures,
};

/** Pages bring their own policy; anything else that a browser opens runs nothing and can't be framed. */
export const defaultHeaders = {
  "referrer-policy": "same-origin",
  "content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
};

/** Of responses that the application has no part in. */
export const earlyHeaders = { ...defaultHeaders, ...fixedHeaders };

/** The response to an invalid request target, which the application never sees. */
export const refuseTarget = (problem: string): Response =>
  Response.json({ message: problem }, { status: 400, headers: earlyHeaders });

/** Of files that pages load, under an address that changes with them. */
export const fileHeaders: Record<string, string> = {
  ...earlyHeaders,
  "cache-control": "public, max-age=31536000, immutable",
};
