/** A value of an attribute. */
export type AttributeValue = string | number | boolean;

/** Low in number, and never a secret, a token or a client id. */
export type TelemetryAttributes = Readonly<Record<string, AttributeValue>>;

/** What is used of a `Meter` of `@opentelemetry/api`. */
export interface TelemetryMeter {
  readonly createCounter: (
    name: string,
    options: { readonly unit: string; readonly description: string },
  ) => { readonly add: (value: number, attributes: TelemetryAttributes) => void };
  readonly createHistogram: (
    name: string,
    options: { readonly unit: string; readonly description: string },
  ) => { readonly record: (value: number, attributes: TelemetryAttributes) => void };
}

/** What is used of a `Tracer` of `@opentelemetry/api`. */
export interface TelemetryTracer {
  readonly startSpan: (
    name: string,
    options: { readonly kind: number; readonly attributes: TelemetryAttributes },
  ) => TelemetrySpan;
}

/** What is used of a `Span` of `@opentelemetry/api`. */
export interface TelemetrySpan {
  readonly setAttributes: (attributes: TelemetryAttributes) => unknown;
  readonly setStatus: (status: { readonly code: number }) => unknown;
  readonly end: () => void;
}

/** Where measurements go: a meter and a tracer as OpenTelemetry has them, each on its own. */
export interface TelemetryOptions {
  readonly meter?: TelemetryMeter;
  readonly tracer?: TelemetryTracer;
}
