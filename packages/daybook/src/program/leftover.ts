// What the process host still has of prompts that are over.

import type { ProcessHost } from './host/contract.ts'

/** All that has ended of this session but this one. */
export async function forgetOthers(host: ProcessHost, session: string, key: string): Promise<void> {
  for (const process of await host.list()) {
    if (process.exit && process.key !== key && process.key.startsWith(`${session}/`)) await host.forget(process.key)
  }
}

/** What one that has ended printed to standard output, from the first byte that is kept; null while it lives, or where nothing is known of it. */
export async function printedBy(host: ProcessHost, key: string, limit: number): Promise<Uint8Array | null> {
  const process = await host.get(key)
  if (!process?.exit) return null
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const event of host.follow(
    key,
    { out: process.kept, err: process.errorOffset },
    new AbortController().signal,
  )) {
    if (event.type !== 'output' || event.stream !== 'out') continue
    pieces.push(event.bytes.slice(0, limit - bytes))
    bytes += event.bytes.length
    if (bytes >= limit) break
  }
  return Buffer.concat(pieces)
}
