// The address file: where the server of this machine answers, and which store it keeps.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Env, userFolder } from './folders.ts'

export interface Address {
  readonly url: string
  /** URL of the store with an absolute path, without a password. */
  readonly store: string
  readonly pid: number
  readonly version: string
}

export function addressFile(env: Env): string {
  return join(userFolder('state', env), 'server.json')
}

/** Null when there is none, or none that can be read. */
export function readAddress(env: Env): Address | null {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(addressFile(env), 'utf8'))
  } catch {
    return null // no server was started, or the file was cut by a dying one: both mean that none is known
  }
  return isAddress(value) ? value : null
}

function isAddress(value: unknown): value is Address {
  if (typeof value !== 'object' || value === null) return false
  const { url, store, pid, version } = value as Partial<Record<keyof Address, unknown>>
  return [url, store, version].every((text) => typeof text === 'string') && typeof pid === 'number'
}

/** Makes this process the server of this machine; the returned call withdraws it, unless another took over. */
export function publishAddress(address: Address, env: Env): () => void {
  const file = addressFile(env)
  mkdirSync(userFolder('state', env), { recursive: true, mode: 0o700 })
  const fresh = `${file}.${address.pid}`
  writeFileSync(fresh, `${JSON.stringify(address)}\n`, { mode: 0o600 })
  renameSync(fresh, file)
  return () => {
    if (readAddress(env)?.pid === address.pid) rmSync(file, { force: true })
  }
}

/** Whether the process is there and its server answers within half a second. */
export async function isAlive(address: Address): Promise<boolean> {
  try {
    process.kill(address.pid, 0)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  try {
    const answer = await fetch(`${address.url}/health`, { signal: AbortSignal.timeout(2000) })
    await answer.body?.cancel()
    return true
  } catch {
    return false // refused or silent: not alive, which is the answer asked for
  }
}
