// How many bytes a request's body may have. The application asks before anything reads it.

const usual = 1_048_576;
const larger: { method: string; path: RegExp; bytes: number }[] = [
  { method: "POST", path: /^\/api\/v2\/files$/, bytes: 10_485_760 },
  { method: "PUT", path: /^\/api\/v2\/provisionerjobs\/[^/]+\/state$/, bytes: 8_388_608 },
];
const plan = /^\/api\/v2\/provisionerjobs\/[^/]+\/plan$/;

/** How large a plan may be depends on where the program runs. */
export function largestBodyOf(method: string, path: string, largestPlan: number): number {
  if (method === "POST" && plan.test(path)) return largestPlan;
  return larger.find((one) => one.method === method && one.path.test(path))?.bytes ?? usual;
}
