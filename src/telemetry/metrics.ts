import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { FinishedCall } from '../http/upstream.ts';

/** The gateway's metrics; one registry a gateway, so that several live in one process. */
export interface Metrics {
  readonly registry: Registry;
  upstreamCall(call: FinishedCall): void;
  upstreamRetry(vendor: string, endpoint: string): void;
  upstreamUnsent(vendor: string, why: string): void;
  /** An answer, or so many rows of one, did not have the documented shape. */
  mismatch(vendor: string, endpoint: string, count: number): void;
  operation(outcome: 'ok' | 'errors', seconds: number): void;
  drift(vendor: string): void;
  /** A connection was closed as it came: there are as many as there may be. */
  connectionRefused(): void;
  /** A change was found that came about at most so long before. */
  detectionLag(vendor: string, seconds: number): void;
  /** Asked when the metrics are. */
  follow(feed: () => FeedNumbers): void;
}

/** What the change feed is doing. */
export interface FeedNumbers {
  readonly subscribers: number;
  readonly watchLoops: number;
}

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const calls = new Histogram({
    name: 'lockstep_upstream_call_duration_seconds',
    help: 'Duration of calls to vendors, by vendor, endpoint and HTTP status (0: no answer).',
    labelNames: ['vendor', 'endpoint', 'status'],
    buckets: seconds,
    registers,
  });
  const operations = new Histogram({
    name: 'lockstep_operation_duration_seconds',
    help: 'Duration of GraphQL operations, by whether their result has errors.',
    labelNames: ['outcome'],
    buckets: seconds,
    registers,
  });
  const drift = new Counter({
    name: 'lockstep_list_order_drift_total',
    help: 'Rows that came out of the order that their list claims to be in, by vendor.',
    labelNames: ['vendor'],
    registers,
  });
  const retries = new Counter({
    name: 'lockstep_upstream_retries_total',
    help: 'Calls to vendors that were sent once more, by vendor and endpoint.',
    labelNames: ['vendor', 'endpoint'],
    registers,
  });
  const unsent = new Counter({
    name: 'lockstep_upstream_unsent_total',
    help: 'Calls to vendors that were not sent, by vendor and why (circuit, rate, queue, late, ended).',
    labelNames: ['vendor', 'reason'],
    registers,
  });
  const mismatches = new Counter({
    name: 'lockstep_contract_drift_total',
    help: 'Answers and rows of answers that did not have the shape their vendor documents, by vendor and endpoint.',
    labelNames: ['vendor', 'endpoint'],
    registers,
  });
  const refused = new Counter({
    name: 'lockstep_connections_refused_total',
    help: 'Connections that were closed as they came, because there were as many as there may be.',
    registers,
  });
  const lag = new Histogram({
    name: 'lockstep_change_detection_lag_seconds',
    help: 'Longest time that a change at a vendor may have gone unseen before it was found, by vendor.',
    labelNames: ['vendor'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers,
  });
  let feed: (() => FeedNumbers) | undefined;
  const subscribers: Gauge = new Gauge({
    name: 'lockstep_subscribers',
    help: 'Subscriptions under way.',
    registers,
    collect: (): void => subscribers.set(feed?.().subscribers ?? 0),
  });
  const loops: Gauge = new Gauge({
    name: 'lockstep_watch_loops',
    help: 'Groups of resources that are looked at for subscribers.',
    registers,
    collect: (): void => loops.set(feed?.().watchLoops ?? 0),
  });
  const memory: Gauge = new Gauge({
    name: 'lockstep_resident_memory_bytes',
    help: 'Resident memory of the process.',
    registers,
    collect: (): void => memory.set(process.memoryUsage.rss()),
  });
  const heap: Gauge = new Gauge({
    name: 'lockstep_heap_used_bytes',
    help: 'Memory that objects take in the process, garbage included.',
    registers,
    collect: (): void => heap.set(process.memoryUsage().heapUsed),
  });
  const resources: Gauge = new Gauge({
    name: 'lockstep_active_resources',
    help: 'Sockets, timers and other things that keep the process busy.',
    registers,
    collect: (): void => resources.set(process.getActiveResourcesInfo().length),
  });
  // To find a series by its labels costs more than to observe; these are as many as the registry holds anyway.
  const callSeries = new Map<string, ReturnType<typeof calls.labels>>();
  const operationSeries = {
    ok: operations.labels({ outcome: 'ok' }),
    errors: operations.labels({ outcome: 'errors' }),
  } as const;
  return {
    registry,
    upstreamCall: ({ vendor, endpoint, status, milliseconds }) => {
      const key = `${vendor} ${endpoint} ${status}`;
      let series = callSeries.get(key);
      if (series === undefined) {
        series = calls.labels({ vendor, endpoint, status });
        callSeries.set(key, series);
      }
      series.observe(milliseconds / 1000);
    },
    upstreamRetry: (vendor, endpoint) => retries.inc({ vendor, endpoint }),
    upstreamUnsent: (vendor, reason) => unsent.inc({ vendor, reason }),
    mismatch: (vendor, endpoint, count) => mismatches.inc({ vendor, endpoint }, count),
    operation: (outcome, duration) => operationSeries[outcome].observe(duration),
    drift: (vendor) => drift.inc({ vendor }),
    connectionRefused: () => refused.inc(),
    detectionLag: (vendor, duration) => lag.observe({ vendor }, duration),
    follow: (numbers) => {
      feed = numbers;
    },
  };
}
