// What `Sec-Fetch-Site` and `Origin` mean for a request that changes something.

export const here = "http://127.0.0.1:4747";
export const access = "https://belfry.example.com";
const elsewhere = "https://evil.example.com";

/** What each value of `Sec-Fetch-Site` decides, whatever `Origin` says; null leaves it to `Origin`. */
const sites = {
  "same-origin": true,
  none: true,
  "same-site": false,
  "cross-site": false,
  "": false,
  absent: null,
};
/** What each `Origin` means where the browser says nothing else. */
const origins: Record<string, boolean> = {
  absent: true,
  [here]: true,
  "HTTP://127.0.0.1:4747": true,
  [access]: true,
  "https://belfry.example.com:443": true,
  "http://belfry.example.com": false,
  "https://belfry.example.com:8443": false,
  "http://127.0.0.1": false,
  [elsewhere]: false,
  "https://belfry.example.com.evil.example.com": false,
  null: false,
  "file://": false,
  "": false,
  "not a url": false,
};
export const table = Object.entries(sites).flatMap(([site, decided]) =>
  Object.entries(origins).map(([origin, own]) => [site, origin, decided ?? own] as const),
);
/** Null for a header that is absent. */
export const valueOf = (text: string) => (text === "absent" ? null : text);
