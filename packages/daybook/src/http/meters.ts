// What the server counts about itself, in the text format that Prometheus reads.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface Meters {
  /** One answered request; `milliseconds` from its first byte to the end of the answer. */
  answered(method: string, route: string, status: number, milliseconds: number): void
  /** One run that came to its end here, and the milliseconds that were worked on it. */
  ran(status: 'done' | 'failed' | 'cancelled', milliseconds: number): void
  /** A figure that is read when somebody asks. */
  watch(name: string, help: string, read: () => number): void
  readonly type: string
  text(): Promise<string>
}

/** Each server has a registry of its own: two servers in one process do not add up. */
export function openMeters(): Meters {
  const registry = new Registry()
  const requests = new Counter({
    name: 'daybook_http_requests_total',
    help: 'Answered requests.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'daybook_http_request_seconds',
    help: 'From the first byte of a request to the end of its answer.',
    labelNames: ['method', 'route'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  const runs = new Counter({
    name: 'daybook_runs_ended_total',
    help: 'Runs that this process brought to their end.',
    labelNames: ['status'],
    registers: [registry],
  })
  const runSeconds = new Histogram({
    name: 'daybook_run_seconds',
    help: 'Work on a run from when it was last taken up to its end.',
    labelNames: ['status'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800],
    registers: [registry],
  })
  let process = false
  return {
    answered(method, route, status, milliseconds) {
      requests.inc({ method, route, status })
      seconds.observe({ method, route }, milliseconds / 1000)
    },
    ran(status, milliseconds) {
      runs.inc({ status })
      runSeconds.observe({ status }, milliseconds / 1000)
    },
    watch(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read())
        },
      })
    },
    type: registry.contentType,
    async text() {
      // Figures of the process start to be gathered when somebody looks for the first time.
      if (!process) collectDefaultMetrics({ register: registry })
      process = true
      return registry.metrics()
    },
  }
}
