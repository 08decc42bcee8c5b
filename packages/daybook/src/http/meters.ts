// What the server counts about itself, in the text format that Prometheus reads.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface Meters {
  /** One answered request; `milliseconds` from its first byte to the end of the answer. */
  answered(method: string, route: string, status: number, milliseconds: number): void
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
  let process = false
  return {
    answered(method, route, status, milliseconds) {
      requests.inc({ method, route, status })
      seconds.observe({ method, route }, milliseconds / 1000)
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
