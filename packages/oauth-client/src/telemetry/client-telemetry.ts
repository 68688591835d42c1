import type { AnyOAuthError, Clock } from "@credicorp/oauth-core";
import type { TokenReport } from "@credicorp/oauth-core/token-cache";

import type {
  TelemetryAttributes,
  TelemetryOptions,
  TelemetrySpan,
} from "../options/telemetry-options.ts";
import type { RequestToken } from "../tokens/token-supply.ts";

/** The measurements of one client. */
export interface ClientTelemetry {
  /** Makes token requests that are measured and have a span each. */
  readonly measure: (request: RequestToken) => RequestToken;
  readonly count: (report: TokenReport) => void;
}

/** What {@link createClientTelemetry} needs beside the options. */
export interface ClientTelemetryPorts {
  readonly issuer: string;
  readonly clock: Pick<Clock, "monotonicMs">;

  /** Takes what a meter or a tracer has thrown. */
  readonly onFailure: (observer: "meter" | "tracer", error: unknown) => void;
}

// The numbers of @opentelemetry/api, on which this package does not depend.
const clientSpan = 2;
const errorStatus = 2;

/**
 * Makes the measurements of a client. Attributes follow the semantic conventions where they have one.
 *
 * A meter or a tracer that throws does not disturb the client.
 */
export function createClientTelemetry(
  { meter, tracer }: TelemetryOptions,
  { issuer, clock, onFailure }: ClientTelemetryPorts,
): ClientTelemetry {
  function safely<Value>(observer: "meter" | "tracer", work: () => Value): Value | undefined {
    try {
      return work();
    } catch (error) {
      onFailure(observer, error);
      return undefined;
    }
  }

  const server = serverAttributes(issuer);
  const events = safely("meter", () =>
    meter?.createCounter("oauth.client.token.events", {
      unit: "{event}",
      description: "Events in the life of access tokens",
    }),
  );
  const duration = safely("meter", () =>
    meter?.createHistogram("oauth.client.token.request.duration", {
      unit: "s",
      description: "Duration of token requests, failed ones included",
    }),
  );

  function conclude(
    error: AnyOAuthError | undefined,
    {
      span,
      startedAtMs,
    }: { readonly span: TelemetrySpan | undefined; readonly startedAtMs: number },
  ): void {
    const outcome = error === undefined ? {} : errorAttributes(error);
    const seconds = (clock.monotonicMs() - startedAtMs) / 1000;
    safely("meter", () => duration?.record(seconds, { ...server, ...outcome }));
    safely("tracer", () => {
      span?.setAttributes(error === undefined ? {} : { ...outcome, ...statusAttributes(error) });
      if (error !== undefined) span?.setStatus({ code: errorStatus });
      span?.end();
    });
  }

  return {
    measure: (request) => async (signal) => {
      const startedAtMs = clock.monotonicMs();
      const span = safely("tracer", () =>
        tracer?.startSpan("oauth.client.token.request", { kind: clientSpan, attributes: server }),
      );
      const result = await request(signal);
      conclude(result.ok ? undefined : result.failure, { span, startedAtMs });
      return result;
    },
    count: ({ type }) => {
      safely("meter", () => events?.add(1, { ...server, "oauth.client.event": type }));
    },
  };
}

function serverAttributes(issuer: string): TelemetryAttributes {
  const { hostname, port, protocol } = new URL(issuer);
  const defaultPort = protocol === "https:" ? 443 : 80;
  return { "server.address": hostname, "server.port": port === "" ? defaultPort : Number(port) };
}

/** The kind alone: what a server writes into `error` may be anything. */
function errorAttributes({ kind }: AnyOAuthError): TelemetryAttributes {
  return { "error.type": kind };
}

function statusAttributes(error: AnyOAuthError): TelemetryAttributes {
  return error.kind === "oauth" || error.kind === "http"
    ? { "http.response.status_code": error.status }
    : {};
}
