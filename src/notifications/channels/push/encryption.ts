// Web Push with WebCrypto, which Node and Workers have: encryption of a message for a browser (RFC 8291, with the content
// coding aes128gcm of RFC 8188), and the signature by which its push service knows us (VAPID, RFC 8292).

export interface BrowserKeys {
  /** Its public key, an uncompressed point of P-256, base64url. */
  p256dh: string;
  /** Its secret, 16 bytes, base64url. */
  auth: string;
}

type Bytes = Uint8Array<ArrayBuffer>;

export const toBase64Url = (bytes: ArrayBuffer | Uint8Array): string =>
  Buffer.from(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)).toString("base64url");
export const fromBase64Url = (text: string): Bytes => new Uint8Array(Buffer.from(text, "base64url"));

const encode = (text: string): Bytes => new Uint8Array(new TextEncoder().encode(text));
const join = (...parts: readonly Uint8Array[]): Bytes => new Uint8Array(Buffer.concat(parts));

const curve = { namedCurve: "P-256" };
/** Bytes of a whole body: what every push service takes. */
const recordSize = 4_096;
/** Without header (86 bytes), the tag (16) and the delimiter. */
export const maxPlainBytes = recordSize - 86 - 16 - 1;

/** The body of a push message, one record. */
export async function encryptFor({ p256dh, auth }: BrowserKeys, plain: string): Promise<Bytes> {
  const theirs = fromBase64Url(p256dh);
  const pair = await crypto.subtle.generateKey({ name: "ECDH", ...curve }, true, ["deriveBits"]);
  const ours = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const theirKey = await crypto.subtle.importKey("raw", theirs, { name: "ECDH", ...curve }, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirKey }, pair.privateKey, 256);
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const secret = await derive(shared, fromBase64Url(auth), join(encode("WebPush: info\0"), theirs, ours), 32);
  const key = await derive(secret, salt, encode("Content-Encoding: aes128gcm\0"), 16);
  const iv = await derive(secret, salt, encode("Content-Encoding: nonce\0"), 12);
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  // The last record ends with a 2.
  const record = join(encode(plain), new Uint8Array([2]));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, aes, record);
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, recordSize);
  return join(salt, size, new Uint8Array([ours.length]), ours, new Uint8Array(sealed));
}

async function derive(secret: ArrayBuffer | Bytes, salt: Bytes, info: Bytes, length: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt, info };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, length * 8));
}

export interface ServerKey {
  /** An uncompressed point, base64url: browsers get it when they subscribe. */
  publicKey: string;
  privateKey: CryptoKey;
}

/** What stands before the 32 bytes of a private key of P-256 in PKCS #8 without its public key. */
const pkcs8 = Buffer.from("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420", "hex");

/** The key pair of 32 random bytes. */
export async function serverKeyOf(random: Uint8Array): Promise<ServerKey> {
  const scalar = Uint8Array.from(random);
  // Below the order of the curve.
  scalar[0]! &= 0x7f;
  const algorithm = { name: "ECDSA", ...curve };
  const privateKey = await crypto.subtle.importKey("pkcs8", join(pkcs8, scalar), algorithm, true, ["sign"]);
  const { x, y } = await crypto.subtle.exportKey("jwk", privateKey);
  const publicKey = toBase64Url(join(new Uint8Array([4]), fromBase64Url(x!), fromBase64Url(y!)));
  return { publicKey, privateKey };
}

/** Seconds for which a push service takes the signature; the RFC allows a day. */
const validity = 12 * 3_600;

/** The `Authorization` header for an endpoint. `now` in milliseconds; `contact`: an https: or mailto: URL. */
export async function authorizationFor(
  { publicKey, privateKey }: ServerKey,
  { endpoint, contact, now }: { endpoint: string; contact: string; now: number },
): Promise<string> {
  const claims = {
    aud: new URL(endpoint).origin,
    exp: Math.floor(now / 1_000) + validity,
    sub: contact,
  };
  const signed = [{ typ: "JWT", alg: "ES256" }, claims]
    .map((part) => toBase64Url(encode(JSON.stringify(part))))
    .join(".");
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  const signature = await crypto.subtle.sign(algorithm, privateKey, encode(signed));
  return `vapid t=${signed}.${toBase64Url(signature)}, k=${publicKey}`;
}
