import fc from "fast-check";
import { expect, it } from "vitest";

import type { AuditEvent } from "@credicorp/oauth-core/authorization-server";

import type { Noted } from "../../src/journal/record-format.ts";
import { createRecordFormat } from "../../src/journal/record-format.ts";

type Exchanged = Extract<Noted, { readonly kind: "request" }>;

function exchange(parts: {
  readonly request?: Partial<Exchanged["request"]>;
  readonly response?: Partial<Exchanged["response"]>;
}): Exchanged {
  return {
    kind: "request",
    durationMs: 0.1 + 0.2,
    event: undefined,
    request: {
      method: "POST",
      target: "/partner/v1/oauth/token?a=b",
      headers: [["Host", "localhost"]],
      body: Buffer.from("grant_type=client_credentials"),
      peer: { address: "127.0.0.1" },
      ...parts.request,
    },
    response: { status: 200, headers: [], body: "{}", ...parts.response },
  };
}

/** Plain members in place of those that are read when they are looked at. */
function plain({ kind, durationMs, event, request, response }: Exchanged): unknown {
  return {
    kind,
    durationMs,
    event,
    request: { ...request, body: [...request.body], peer: { address: request.peer.address } },
    response: { ...response },
  };
}

const { format, parse } = createRecordFormat();

function again(exchanged: Exchanged): Exchanged {
  const noted = parse(Buffer.from(format(exchanged)));
  if (noted.kind !== "request") throw new Error("A request became a decision");
  return noted;
}

it.each<[string, Parameters<typeof exchange>[0]]>([
  ["nothing but what there must be", { request: { headers: [], body: new Uint8Array() } }],
  ["a body that is no UTF-8", { request: { body: Uint8Array.of(0, 0x80, 0xc3, 0xff, 0xfe) } }],
  [
    "fields that come twice, in another case and in an order of their own",
    {
      request: {
        headers: [
          ["cookie", "a=1"],
          ["Cookie", "b=2"],
          ["Host", "one"],
          ["cookie", "a=1"],
        ],
      },
    },
  ],
  ["a name and a value that are empty", { request: { headers: [["", ""]] } }],
  [
    "texts that are no ASCII",
    { request: { target: "/é/\u{1f600}" }, response: { body: "…", headers: [["X", "ü"]] } },
  ],
  ["a text that is no text in UTF-8", { request: { target: "/\ud800/\udc00" } }],
  ...[254, 255, 256, 70_000].map((length): [string, Parameters<typeof exchange>[0]] => [
    `texts and bodies of ${length}`,
    {
      request: { target: "t".repeat(length), body: Buffer.alloc(length, 0xe9) },
      response: { body: "b".repeat(length) },
    },
  ]),
  [
    "as many fields as a count of one byte cannot count",
    {
      request: { headers: Array.from({ length: 300 }, (_, index) => [`f${index}`, "v"] as const) },
    },
  ],
  ["faults", { response: { faults: ["one", "two"], delivery: { cut: "reset", delayMs: 3 } } }],
  ["a delivery without a fault", { response: { delivery: { delayMs: 3 } } }],
])("keeps %s as it was", (_name, parts) => {
  const exchanged = exchange(parts);

  expect(plain(again(exchanged))).toEqual(plain(exchanged));
});

const about = {
  requestId: fc.string(),
  at: fc.double({ noNaN: true }),
  address: fc.ipV4(),
  path: fc.option(fc.webPath(), { nil: undefined }),
};
const events: fc.Arbitrary<AuditEvent> = fc.oneof(
  fc.record({
    ...about,
    type: fc.constant("token_issued" as const),
    clientId: fc.string(),
    jti: fc.string(),
    kid: fc.string(),
    scope: fc.array(fc.string()),
    audience: fc.array(fc.string({ unit: "grapheme" })),
    expiresAt: fc.integer(),
    jkt: fc.option(fc.string(), { nil: undefined }),
  }),
  fc.record({
    ...about,
    type: fc.constant("token_introspected" as const),
    clientId: fc.string(),
    active: fc.boolean(),
  }),
  fc.record(
    {
      ...about,
      type: fc.constant("request_refused" as const),
      status: fc.integer(),
      error: fc.constant("invalid_client" as const),
      why: fc.constant("secret_wrong" as const),
      clientId: fc.string(),
    },
    { requiredKeys: ["requestId", "at", "address", "type", "status", "error", "why"] },
  ),
);

it("keeps texts that are no ASCII, however little room there is for them", () => {
  for (let length = 3900; length < 4200; length += 1) {
    const target = "é".repeat(length);
    // Each time with the room that a format begins with.
    const fresh = createRecordFormat();

    const noted = fresh.parse(Buffer.from(fresh.format(exchange({ request: { target } }))));

    expect(noted.kind === "request" && noted.request.target === target).toBe(true);
  }
});

it("keeps events of all shapes in one journal, and decisions that answer no request", () => {
  fc.assert(
    fc.property(fc.array(events, { minLength: 2 }), (list) => {
      const records = list.map((event) => Buffer.from(format({ kind: "decision", event })));

      expect(records.map(parse)).toStrictEqual(
        list.map((event) => ({ kind: "decision", event: { ...event } })),
      );
    }),
  );
});

it("keeps no cause of an event, which quotes what it likes", () => {
  const members = { requestId: "1", at: 2, address: "", path: "/" };
  const cause = new Error("planted");

  const record = Buffer.from(
    format({ kind: "decision", event: { ...members, type: "request_failed", cause } }),
  );

  expect(record.includes("planted")).toBe(false);
  expect(parse(record).event).toEqual({ ...members, type: "request_failed", cause: undefined });
});

it("keeps any request and any answer as it was", () => {
  const text = fc.string({
    unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  });
  const ascii = fc.string();
  const some = fc.oneof(ascii, text);
  const headers = fc.array(fc.tuple(some, some));
  const exchanged = fc.record({
    kind: fc.constant("request" as const),
    event: fc.option(events, { nil: undefined }),
    durationMs: fc.double({ noNaN: true }),
    request: fc.record({
      method: some,
      target: some,
      headers,
      body: fc.uint8Array(),
      peer: fc.record({ address: some }),
    }),
    response: fc.record({ status: fc.integer({ min: 100, max: 599 }), headers, body: some }),
  });

  fc.assert(
    fc.property(exchanged, (one) => {
      expect(plain(again(one))).toEqual(plain(one));
    }),
  );
});

it("keeps no certificate, for nothing that is shown or explained rests on it", () => {
  const peer = { address: "127.0.0.1", secure: true, certificate: Buffer.from("planted") };

  const record = Buffer.from(format(exchange({ request: { peer } })));

  expect(record.includes("127.0.0.1")).toBe(true);
  expect(record.includes("planted")).toBe(false);
});
