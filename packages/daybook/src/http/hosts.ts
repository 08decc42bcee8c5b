// Whom a server without authentication answers: requests that name this machine, sent by no foreign web page.

import { DaybookError } from '../schema/errors.ts'

/** How a loopback server is called; 10.0.2.2 is the emulator's name for the machine it runs on. */
const ownNames = ['localhost', '127.0.0.1', '[::1]', '10.0.2.2']

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i

export function isLoopback(host: string): boolean {
  return loopback.test(host)
}

/** `host:port` without the port, in lower case. */
function nameOf(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase()
}

export interface Gate {
  /** Throws `host_refused` or `forbidden`. */
  check(method: string, host: string | undefined, origin: string | undefined): void
}

/**
 * A page of another site can make a browser send requests here under a name that it points at this machine; so the Host
 * header must be known. It can also send simple requests under our name; so a write's Origin must be ours or configured.
 */
export function openGate(hosts: readonly string[], origins: readonly string[]): Gate {
  const names = new Set([...ownNames, ...hosts.map((host) => host.toLowerCase())])
  const allowed = new Set(origins)
  const known = new Map<string, boolean>()
  const answers = (host: string): boolean => {
    const cached = known.get(host)
    if (cached !== undefined) return cached
    const fits = names.has(nameOf(host))
    if (known.size < 64) known.set(host, fits)
    return fits
  }
  return {
    check(method, host, origin) {
      if (host === undefined || !answers(host)) {
        throw new DaybookError('host_refused', 'this server does not answer to that Host header', {
          field: 'Host',
          hint: 'Use localhost, or configure the name.',
        })
      }
      if (origin === undefined || method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return
      const ours = URL.canParse(origin) && answers(new URL(origin).host)
      if (!ours && !allowed.has(origin)) {
        throw new DaybookError('forbidden', 'writes from pages of other origins are refused', {
          field: 'Origin',
          hint: 'Configure the origin to allow it.',
        })
      }
    },
  }
}
