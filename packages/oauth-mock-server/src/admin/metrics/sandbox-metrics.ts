import { readVersion } from "../../version/read-version.ts";
import type { AdminSubject } from "../admin-subject.ts";
import type { MetricFamily } from "./text-format.ts";
import { formatMetricFamilies } from "./text-format.ts";

type Samples = MetricFamily["samples"];

/** Writes what can be counted in a sandbox or in a namespace. */
export async function formatMetrics(subject: AdminSubject): Promise<string> {
  const version = readVersion();
  return formatMetricFamilies([
    gauge("build_info", "Always 1; the version is a label.", [{ labels: { version }, value: 1 }]),
    ...requestFamilies(subject),
    ...(await stateFamilies(subject)),
    // Those of the process are the same for all namespaces: they are asked for at the sandbox itself.
    ...(subject.name === undefined ? processFamilies() : []),
  ]);
}

function requestFamilies({ counters }: AdminSubject): readonly MetricFamily[] {
  const requests = [...counters.requests()].map(([key, value]) => {
    const [endpoint = "", status = "", ...error] = key.split(" ");
    return { labels: { endpoint, status, error: error.join(" ") }, value };
  });
  return [
    counter("requests_total", "Requests by endpoint, status and OAuth error code.", requests),
    counter("tokens_issued_total", "Tokens that the token endpoint issued.", [
      { value: counters.tokensIssued() },
    ]),
    counter(
      "refusals_total",
      "Refused requests by reason.",
      labelled("reason", counters.refusals()),
    ),
    counter("rate_limited_total", "Answers with status 429.", [{ value: counters.rateLimited() }]),
    counter(
      "faults_applied_total",
      "Answers that a fault rule had a part in, by the id of the rule.",
      labelled("rule", counters.faults()),
    ),
  ];
}

async function stateFamilies(subject: AdminSubject): Promise<readonly MetricFamily[]> {
  const { requests, clients, keys, clock, namespaces } = subject;
  const { now, isFrozen, offsetMs, skewMs } = clock.state();
  const phases = new Map<string, number>();
  for (const { algorithm, phase } of await keys.list()) {
    const key = `${algorithm} ${phase}`;
    phases.set(key, (phases.get(key) ?? 0) + 1);
  }
  const keySamples = [...phases].map(([key, value]) => {
    const [algorithm = "", phase = ""] = key.split(" ");
    return { labels: { algorithm, phase }, value };
  });
  return [
    gauge("journal_requests", "Requests that the journal holds.", [{ value: requests.count() }]),
    gauge("clients", "Registered clients.", [{ value: clients.list().length }]),
    gauge("keys", "Signing keys by algorithm and phase of their life.", keySamples),
    gauge("clock_seconds", "The clock of the sandbox, in seconds since the Unix epoch.", [
      { value: now },
    ]),
    gauge("clock_offset_seconds", "How far that clock has been moved, its skew included.", [
      { value: (offsetMs + skewMs) / 1000 },
    ]),
    gauge("clock_frozen", "1 while the clock stands.", [{ value: isFrozen ? 1 : 0 }]),
    ...(namespaces === undefined
      ? []
      : [gauge("namespaces", "Namespaces that there are.", [{ value: namespaces.list().length }])]),
  ];
}

/** By the names that Prometheus itself recommends. */
function processFamilies(): readonly MetricFamily[] {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return [
    {
      name: "process_uptime_seconds",
      help: "How long the process runs.",
      type: "gauge",
      samples: [{ value: process.uptime() }],
    },
    {
      name: "process_cpu_seconds_total",
      help: "Time of the processor that the process took.",
      type: "counter",
      samples: [{ value: (user + system) / 1_000_000 }],
    },
    {
      name: "process_resident_memory_bytes",
      help: "Memory of the process.",
      type: "gauge",
      samples: [{ value: rss }],
    },
    {
      name: "nodejs_heap_used_bytes",
      help: "The part of it that holds objects.",
      type: "gauge",
      samples: [{ value: heapUsed }],
    },
  ];
}

function labelled(label: string, counts: ReadonlyMap<string, number>): Samples {
  return [...counts].map(([key, value]) => ({ labels: { [label]: key }, value }));
}

function counter(name: string, help: string, samples: Samples): MetricFamily {
  return { name: `oauth_sandbox_${name}`, help, type: "counter", samples };
}

function gauge(name: string, help: string, samples: Samples): MetricFamily {
  return { name: `oauth_sandbox_${name}`, help, type: "gauge", samples };
}
