// A push service for tests (RFC 8030): it verifies who sends (RFC 8292) and decrypts what it gets as a browser would
// (RFC 8291), with Node's own cryptography.
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Pushed {
  headers: IncomingHttpHeaders;
  content: { title: string; body: string; url: string; tag: string };
  /** The claims of the sender. */
  claims: { aud: string; exp: number; sub: string };
  /** The sender's public key. */
  key: string;
}

export interface Browser {
  endpoint: string;
  p256dh: string;
  auth: string;
  /** What it got. */
  pushed: Pushed[];
  /** How its service answers from now on; null: not at all; undefined: as it should. */
  answer: (reply: { status: number; headers?: Record<string, string> } | null | undefined) => void;
}

const bytesOf = (text: string) => Buffer.from(text, "base64url");

function readSender(authorization: string): Pick<Pushed, "claims" | "key"> {
  const [, token, key] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(authorization)!;
  const [header, claims, signature] = token!.split(".") as [string, string, string];
  const point = bytesOf(key!);
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString("base64url"));
  const publicKey = createPublicKey({ key: { kty: "EC", crv: "P-256", x: x!, y: y! }, format: "jwk" });
  const signed = Buffer.from(`${header}.${claims}`);
  const isValid = verify("sha256", signed, { key: publicKey, dsaEncoding: "ieee-p1363" }, bytesOf(signature));
  if (!isValid) throw new Error("the signature is wrong");
  return { claims: JSON.parse(bytesOf(claims).toString()) as Pushed["claims"], key: key! };
}

/** Starts it; `subscribe` makes a browser. */
export async function startPushService() {
  const browsers = new Map<string, (headers: IncomingHttpHeaders, body: Buffer) => number | null>();
  const replies = new Map<string, Parameters<Browser["answer"]>[0]>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const id = request.url!.slice(1);
      const reply = replies.get(id);
      if (reply === null) return;
      const status = browsers.get(id)?.(request.headers, Buffer.concat(chunks)) ?? 404;
      const { status: code, headers = {} } = reply ?? { status };
      response.writeHead(code, { ...headers, "content-length": 0 }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function subscribe(): Browser {
    const id = randomBytes(8).toString("hex");
    const pair = createECDH("prime256v1");
    const ours = pair.generateKeys();
    const auth = randomBytes(16);
    const pushed: Pushed[] = [];
    const decrypt = (body: Buffer): string => {
      const [salt, theirs] = [body.subarray(0, 16), body.subarray(21, 86)];
      if (body.readUInt32BE(16) !== 4_096 || body[20] !== 65 || body.length > 4_096)
        throw new Error("the record's header is wrong");
      const derive = (secret: Buffer, with_: Buffer, info: Buffer, length: number) =>
        Buffer.from(hkdfSync("sha256", secret, with_, info, length));
      const info = Buffer.concat([Buffer.from("WebPush: info\0"), ours, theirs]);
      const secret = derive(pair.computeSecret(theirs), auth, info, 32);
      const key = derive(secret, salt, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
      const nonce = derive(secret, salt, Buffer.from("Content-Encoding: nonce\0"), 12);
      const opener = createDecipheriv("aes-128-gcm", key, nonce);
      opener.setAuthTag(body.subarray(-16));
      const record = Buffer.concat([opener.update(body.subarray(86, -16)), opener.final()]);
      if (record.at(-1) !== 2) throw new Error("the delimiter is wrong");
      return record.subarray(0, -1).toString();
    };
    browsers.set(id, (headers, body) => {
      const sender = readSender(headers.authorization!);
      const content = JSON.parse(decrypt(body)) as Pushed["content"];
      // A later message with the same topic replaces one that was not yet taken; here each is taken at once.
      if (replies.get(id) === undefined) pushed.push({ headers, content, ...sender });
      return 201;
    });
    const p256dh = ours.toString("base64url");
    const answer: Browser["answer"] = (reply) => void replies.set(id, reply);
    return { endpoint: `${url}/${id}`, p256dh, auth: auth.toString("base64url"), pushed, answer };
  }
  return { url, subscribe };
}
