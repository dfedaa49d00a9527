// Compresses pages and their files on Node; Cloudflare does it for Workers. Event streams and the API go out as they are.
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

type Fetch<T> = (request: Request, bindings: T) => Response | Promise<Response>;
type Encoding = "br" | "gzip";
type Quality = "once" | "each time";

const compressed = /^(text\/(html|css|javascript)|image\/svg|application\/manifest)/;
/** Bytes; less than that fits into one packet anyhow. */
const minBytes = 1_000;

const brotliQuality: Record<Quality, number> = { once: constants.BROTLI_MAX_QUALITY, "each time": 4 };
const gzipLevel: Record<Quality, number> = { once: 9, "each time": 5 };

const compress = (
  bytes: Uint8Array,
  encoding: Encoding,
  quality: Quality,
): Promise<Uint8Array<ArrayBuffer>> =>
  encoding === "gzip"
    ? promisify(gzip)(bytes, { level: gzipLevel[quality] })
    : promisify(brotliCompress)(bytes, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: brotliQuality[quality],
          [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      });

export function withCompression<T>(fetch: Fetch<T>): Fetch<T> {
  /** Files that never change, by encoding and path: there is an end to these, but not to hosts and queries. */
  const files = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  async function respond(request: Request, response: Response): Promise<Response> {
    const { status, headers } = response;
    headers.append("vary", "accept-encoding");
    const encoding = encodingFor(request);
    if (encoding === undefined || response.body === null) return response;
    const body = new Uint8Array(await response.arrayBuffer());
    if (body.length < minBytes) return new Response(body, { status, headers });
    headers.set("content-encoding", encoding);
    const key = `${encoding} ${new URL(request.url).pathname}`;
    const isFile = headers.get("cache-control")?.endsWith("immutable") === true;
    if (isFile && !files.has(key)) files.set(key, compress(body, encoding, "once"));
    const content = await (isFile ? files.get(key)! : compress(body, encoding, "each time"));
    return new Response(content, { status, headers });
  }

  return (request, bindings) => {
    const finish = (response: Response) =>
      mayCompress(request, response) ? respond(request, response) : response;
    const response = fetch(request, bindings);
    return response instanceof Promise ? response.then(finish) : finish(response);
  };
}

/** Only asks for headers that decide: until then they are no objects. */
const mayCompress = (request: Request, response: Response): boolean =>
  request.method === "GET" &&
  response.status === 200 &&
  compressed.test(response.headers.get("content-type") ?? "");

/**
 * What another site has opened goes out as it is. Otherwise somebody who watches the connection could have that site choose
 * text of a page, such as the words of a search, and see from the length whether they are in it (BREACH).
 */
function encodingFor({ headers }: Request): Encoding | undefined {
  const site = headers.get("sec-fetch-site") ?? "none";
  if (site === "cross-site" || site === "same-site") return undefined;
  const accepted = headers.get("accept-encoding") ?? "";
  if (/\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted)) return "br";
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted) ? "gzip" : undefined;
}
