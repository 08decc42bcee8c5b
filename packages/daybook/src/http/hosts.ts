// Whom a server without authentication answers: requests that name this machine, sent by no foreign web page.

import { DaybookError } from '../schema/errors.ts'

/** An emulator's name for the machine it runs on; outside of it, an address that any machine may have. */
const emulated = '10.0.2.2'
/** How a loopback server is called. */
const ownNames = ['localhost', '127.0.0.1', '[::1]', emulated]

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i

export function isLoopback(host: string): boolean {
  return loopback.test(host)
}

/** `host:port` without the port, in lower case. */
function nameOf(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase()
}

const hostName = /^(?:[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\])$/i
const originText = /^[a-z][\w+.-]*:\/\/(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/** Names of hosts in lower case; `invalid` for what no Host header without its port can be. */
function hostsOf(hosts: readonly string[]): string[] {
  for (const host of hosts) {
    if (!hostName.test(host)) {
      throw new DaybookError('invalid', `${host} is no name of a host`, {
        field: 'hosts',
        hint: 'Write the name without scheme and port.',
      })
    }
  }
  return hosts.map((host) => host.toLowerCase())
}

/** Origins as browsers send them; `invalid` for what no page can have, or every one. */
function originsOf(origins: readonly string[]): string[] {
  return origins.map((text) => {
    if (!originText.test(text) || !URL.canParse(text)) {
      throw new DaybookError('invalid', `${text} is no origin of a page`, {
        field: 'origins',
        hint: 'Write scheme, host and port, for example https://app.example.',
      })
    }
    const { origin } = new URL(text)
    // Of schemes that are not the web's, such as those of browser extensions.
    return origin === 'null' ? text : origin
  })
}

export interface Gate {
  /** The allowed origins as browsers send them. */
  readonly origins: readonly string[]
  /** Throws `host_refused` or `forbidden`. */
  check(method: string, host: string | undefined, origin: string | undefined): void
}

/**
 * A page of another site can make a browser send requests here under a name that it points at this machine; so the Host
 * header must be known. It can also send simple requests under our name; so a write's Origin must be ours or configured.
 * `invalid` for hosts and origins that could never match.
 */
export function openGate(hosts: readonly string[], origins: readonly string[]): Gate {
  const names = new Set([...ownNames, ...hostsOf(hosts)])
  const allowed = new Set(originsOf(origins))
  const known = new Map<string, boolean>()
  const answers = (host: string): boolean => {
    const cached = known.get(host)
    if (cached !== undefined) return cached
    const fits = names.has(nameOf(host))
    if (known.size < 64) known.set(host, fits)
    return fits
  }
  /** Pages of this machine, of configured names, and of this server under the very name that it was called by. */
  const ours = (origin: string, host: string): boolean => {
    if (!/^https?:/i.test(origin) || !URL.canParse(origin)) return false
    const from = new URL(origin).host
    return from === host.toLowerCase() || (nameOf(from) !== emulated && answers(from))
  }
  return {
    origins: [...allowed],
    check(method, host, origin) {
      if (host === undefined || !answers(host)) {
        throw new DaybookError('host_refused', 'this server does not answer to that Host header', {
          field: 'Host',
          hint: 'Use localhost, or configure the name.',
        })
      }
      if (origin === undefined || method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return
      if (!ours(origin, host) && !allowed.has(origin)) {
        throw new DaybookError('forbidden', 'writes from pages of other origins are refused', {
          field: 'Origin',
          hint: 'Configure the origin to allow it.',
        })
      }
    },
  }
}
