// Which addresses may be asked: hosts of the allow list, and addresses of the public internet only.

import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { DaybookError } from '../../../../schema/errors.ts'

/** Networks that are nobody's, one's own, or lead back into one: RFC 6890 and its kin. */
const closedNetworks = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  closedNetworks.addSubnet(network, prefix, 'ipv4')
}
/** Of version 6 only what is given out as public is open, less tunnels that carry addresses of version 4. */
const openNetwork = new BlockList()
openNetwork.addSubnet('2000::', 3, 'ipv6')
const tunnels = new BlockList()
tunnels.addSubnet('2001::', 23, 'ipv6')
tunnels.addSubnet('2001:db8::', 32, 'ipv6')
tunnels.addSubnet('2002::', 16, 'ipv6')

export function isPrivate(address: string): boolean {
  if (isIP(address) === 4) return closedNetworks.check(address, 'ipv4')
  return !openNetwork.check(address, 'ipv6') || tunnels.check(address, 'ipv6')
}

export interface Target {
  readonly url: URL
  /** The one that is connected to; the name is not resolved again. */
  readonly address: string
}

/** `host` for the usual port, or `host:port`, in lower case as URLs write them. */
export function allowList(entries: readonly string[]): ReadonlySet<string> {
  return new Set(
    entries.map((entry) => {
      const url = URL.parse(`http://${entry}`)
      if (url?.pathname !== '/' || url.search !== '' || url.username !== '' || entry.endsWith('/')) {
        throw new DaybookError('invalid', `not a host, or host:port: ${entry}`, { field: 'httpAllow' })
      }
      // An URL forgets the port that is usual for it, and an entry means what it says.
      return /:80$/.test(entry) ? `${url.host}:80` : url.host
    }),
  )
}

/**
 * @throws DaybookError `invalid` for what is no address, `forbidden` for one that is not allowed, `unreachable` where its
 * name is not known
 */
export async function targetOf(text: string, allowed: ReadonlySet<string>, base?: URL): Promise<Target> {
  const url = URL.parse(text, base?.href)
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new DaybookError('invalid', 'not an http or https address', { field: 'url' })
  }
  if (url.username !== '' || url.password !== '') {
    throw new DaybookError('invalid', 'an address must not carry a name or password', { field: 'url' })
  }
  if (!isAllowed(url, allowed)) {
    throw new DaybookError('forbidden', `${url.host} is not among the hosts that may be asked`, {
      field: 'url',
      hint: `Add "${url.host}" to the setting httpAllow.`,
    })
  }
  return { url, address: await addressOf(url) }
}

function isAllowed({ host, hostname, port, protocol }: URL, allowed: ReadonlySet<string>): boolean {
  const usual = protocol === 'https:' ? 443 : 80
  return port === '' ? allowed.has(hostname) || allowed.has(`${hostname}:${usual}`) : allowed.has(host)
}

/** Whoever allows an address, or this machine's own name, has named it; other names must not lead to a private one. */
async function addressOf({ hostname }: URL): Promise<string> {
  const literal = hostname.replace(/^\[|\]$/g, '')
  if (isIP(literal) !== 0) return literal
  const found = await lookup(hostname, { all: true }).catch((cause: unknown) => {
    throw new DaybookError('unreachable', `the name ${hostname} is not known`, { field: 'url', cause })
  })
  const hidden = hostname === 'localhost' ? undefined : found.find(({ address }) => isPrivate(address))
  if (hidden) {
    throw new DaybookError('forbidden', `${hostname} leads to the private address ${hidden.address}`, {
      field: 'url',
      hint: `Add that address itself to the setting httpAllow if it is meant.`,
    })
  }
  const address = found[0]?.address
  if (address === undefined) throw new DaybookError('unreachable', `${hostname} has no address`, { field: 'url' })
  return address
}
