// The client's address: parsing, ranges, and proxies.
import { expect, test } from "vitest";
import {
  clientAddressOf,
  clientNetwork,
  isWithin,
  parseAddress,
  parseRange,
} from "../../../src/kernel/rules/client-address.ts";

test("addresses are read as RFC 4291 writes them", () => {
  const good: [string, string][] = [
    ["1.2.3.4", "16909060"],
    ["::ffff:1.2.3.4", "16909060"],
    ["::1", "1"],
    ["::", "0"],
    ["2001:db8::1", "42540766411282592856903984951653826561"],
    ["2001:0DB8:0:0:0:0:0:1", "42540766411282592856903984951653826561"],
    ["fe80::1%eth0", "338288524927261089654018896841347694593"],
  ];
  for (const [text, value] of good) expect(parseAddress(text)?.value.toString(), text).toBe(value);
  for (const text of [
    "",
    "1.2.3",
    "1.2.3.256",
    ":::",
    "1::2::3",
    "12345::",
    "1:2:3:4:5:6:7:8:9",
    "::1.2.3.999",
    "1:2:3:4:5:6:7::8",
    "1:2:3",
    "g::1",
    "x",
  ])
    expect(parseAddress(text), text).toBeUndefined();
  for (const text of ["10.0.0.0/33", "::/129", "10.0.0/8", "", "/8"])
    expect(parseRange(text), text).toBeUndefined();
  const within = (address: string, range: string) => isWithin(parseAddress(address)!, parseRange(range)!);
  expect(within("10.255.0.1", "10.0.0.0/8")).toBe(true);
  expect(within("11.0.0.1", "10.0.0.0/8")).toBe(false);
  expect(within("::ffff:10.0.0.1", "10.0.0.0/8")).toBe(true);
  expect(within("2001:db8::9", "2001:db8::/32")).toBe(true);
  expect(within("1.2.3.4", "0.0.0.0/0")).toBe(true);
  expect(within("::1", "0.0.0.0/0")).toBe(false);
});

test("the client is the last hop that is not a trusted proxy", () => {
  const proxy = { header: "x-forwarded-for", origins: [parseRange("10.0.0.0/8")!, parseRange("::1")!] };
  const ask = (socket: string | null, value: string | null) => clientAddressOf(socket, proxy, () => value);
  expect(ask("10.0.0.1", "203.0.113.1")).toBe("203.0.113.1");
  expect(ask("10.0.0.1", "1.1.1.1, 203.0.113.1, 10.9.9.9")).toBe("203.0.113.1");
  expect(ask("::1", "[2001:db8::5]:443")).toBe("2001:db8::5");
  expect(ask("10.0.0.1", "203.0.113.1:5000")).toBe("203.0.113.1");
  expect(ask("192.0.2.1", "203.0.113.1")).toBe("192.0.2.1");
  expect(ask("10.0.0.1", null)).toBe("10.0.0.1");
  expect(ask("10.0.0.1", "nonsense, 10.2.2.2")).toBe("10.2.2.2");
  expect(ask("10.0.0.1", "10.3.3.3, 10.2.2.2")).toBe("10.3.3.3");
  expect(ask(null, "203.0.113.1")).toBeNull();
  expect(clientAddressOf("10.0.0.1", undefined, () => "203.0.113.1")).toBe("10.0.0.1");
  expect(clientNetwork("2001:db8::1")).toBe(clientNetwork("2001:db8::ffff"));
  expect(clientNetwork("::ffff:1.2.3.4")).toBe(clientNetwork("1.2.3.4"));
  expect(clientNetwork(null)).toBe("");
  expect(clientNetwork("unix:socket")).toBe("unix:socket");
});
