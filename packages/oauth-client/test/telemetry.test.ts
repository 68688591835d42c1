import type { ClientEvents, TelemetryAttributes, TelemetryOptions } from "@credicorp/oauth-client";
import { expect, it, vi } from "vitest";
import { rejectionOf, setUp } from "./support/client.ts";
import { createControlledPorts } from "./support/controlled-ports.ts";

interface Measured {
  readonly telemetry: TelemetryOptions;
  readonly counted: TelemetryAttributes[];
  readonly durations: { readonly seconds: number; readonly attributes: TelemetryAttributes }[];
  readonly spans: {
    attributes: TelemetryAttributes;
    kind: number;
    status: number;
    ended: number;
  }[];
}

/** A meter and a tracer that remember. */
function createMeasured(): Measured {
  const counted: Measured["counted"] = [];
  const durations: Measured["durations"] = [];
  const spans: Measured["spans"] = [];
  return {
    counted,
    durations,
    spans,
    telemetry: {
      meter: {
        createCounter: () => ({ add: (_value, attributes) => void counted.push(attributes) }),
        createHistogram: () => ({
          record: (seconds, attributes) => void durations.push({ seconds, attributes }),
        }),
      },
      tracer: {
        startSpan: (_name, { kind, attributes }) => {
          const span = { attributes, kind, status: 0, ended: 0 };
          spans.push(span);
          return {
            setAttributes: (more) =>
              Object.assign(span, { attributes: { ...span.attributes, ...more } }),
            setStatus: ({ code }) => Object.assign(span, { status: code }),
            end: () => void (span.ended += 1),
          };
        },
      },
    },
  };
}

it("CLI-32 measures a token request, and gives it a span, with the server and nothing of the client", async () => {
  const { telemetry, counted, durations, spans } = createMeasured();
  await using setup = await setUp({ telemetry, tokenDelayMs: 30 });
  await setup.client.getToken();
  const port = Number(new URL(setup.server.url).port);
  const server = { "server.address": "127.0.0.1", "server.port": port };

  expect(spans).toEqual([{ attributes: server, kind: 2, status: 0, ended: 1 }]);
  expect(durations).toEqual([{ seconds: expect.any(Number) as number, attributes: server }]);
  expect(durations[0]?.seconds).toBeGreaterThan(0.02);
  expect(durations[0]?.seconds).toBeLessThan(10);
  expect(counted).toEqual([{ ...server, "oauth.client.event": "obtained" }]);
});

it("CLI-32 says of a failed request what kind of error it was, and its status", async () => {
  const { telemetry, counted, durations, spans } = createMeasured();
  const { ports } = createControlledPorts();
  await using setup = await setUp({ telemetry, ports });
  setup.server.script.token = () => ({ status: 401, body: { error: "invalid_client" } });
  await rejectionOf(setup.client.getToken());

  expect(spans).toMatchObject([
    {
      attributes: { "error.type": "oauth", "http.response.status_code": 401 },
      status: 2,
      ended: 1,
    },
  ]);
  expect(durations).toMatchObject([{ attributes: { "error.type": "oauth" } }]);
  expect(counted).toMatchObject([{ "oauth.client.event": "failed" }]);
});

it("goes on when the meter and the tracer throw, and an event says so once of each", async () => {
  const fail = (): never => {
    throw new RangeError("planted-secret");
  };
  const telemetry: TelemetryOptions = {
    meter: { createCounter: fail, createHistogram: () => ({ record: fail }) },
    tracer: { startSpan: () => ({ setAttributes: fail, setStatus: fail, end: fail }) },
  };
  await using setup = await setUp({ telemetry });
  const failures: ClientEvents["observer_failed"][] = [];
  setup.client.on("observer_failed", (event) => failures.push(event));

  expect((await setup.client.getToken()).value).toBe("access-token-1");
  expect((await setup.client.getToken({ scope: ["other"] })).value).toBe("access-token-2");

  await vi.waitFor(() => expect(failures).toHaveLength(2));
  const failure = { type: "observer_failed", event: undefined, errorName: "RangeError" };
  expect(failures).toEqual([
    { ...failure, observer: "meter" },
    { ...failure, observer: "tracer" },
  ]);
});
