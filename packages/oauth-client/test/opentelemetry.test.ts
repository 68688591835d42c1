import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { expect, it } from "vitest";
import { rejectionOf, setUp } from "./support/client.ts";

it("takes the meter and the tracer of OpenTelemetry as they are", async () => {
  const spans = new InMemorySpanExporter();
  const tracing = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metrics });
  const metering = new MeterProvider({ readers: [reader] });
  const telemetry = { meter: metering.getMeter("test"), tracer: tracing.getTracer("test") };
  await using setup = await setUp({ telemetry });
  await setup.client.getToken();
  setup.server.script.token = () => ({ status: 401, body: { error: "invalid_client" } });
  await rejectionOf(setup.client.getToken({ scope: ["other"] }));
  await reader.forceFlush();

  const server = { "server.address": "127.0.0.1" };
  expect(spans.getFinishedSpans()).toMatchObject([
    { name: "oauth.client.token.request", kind: 2, status: { code: 0 }, attributes: server },
    {
      name: "oauth.client.token.request",
      status: { code: 2 },
      attributes: { ...server, "error.type": "oauth", "http.response.status_code": 401 },
    },
  ]);
  const measured = metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics);
  const byName = new Map(
    measured.flatMap(({ metrics: found }) =>
      found.map(({ descriptor, dataPoints }) => [
        descriptor.name,
        dataPoints.map(({ attributes }) => attributes),
      ]),
    ),
  );
  expect(byName.get("oauth.client.token.request.duration")).toMatchObject([
    server,
    { ...server, "error.type": "oauth" },
  ]);
  expect(byName.get("oauth.client.token.events")).toMatchObject([
    { ...server, "oauth.client.event": "obtained" },
    { ...server, "oauth.client.event": "failed" },
  ]);
  await metering.shutdown();
  await tracing.shutdown();
});
