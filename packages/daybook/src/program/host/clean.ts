// The command by which a program starts with nothing but its own descriptors and its own environment.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { markerName, type SpawnRequest } from './contract.ts'
import type { Becoming } from './inherited.ts'

/** For programs that a process with open terminals starts: these are inherited, and only the child can let go of them. */
export async function cleanCommand(place: string, request: SpawnRequest, marker: string): Promise<Becoming> {
  if (process.execve === undefined) return { ...request, env: { ...request.env, [markerName]: marker } } // Windows
  const { hostMain } = await import('./launch.ts')
  const path = join(place, 'become.json')
  const { binary, args } = request
  const env = { ...request.env, [markerName]: marker }
  writeFileSync(path, JSON.stringify({ binary, args, env } satisfies Becoming), { mode: 0o600 })
  const command = ['--disable-warning=ExperimentalWarning', hostMain(), 'become', path]
  return { binary: process.execPath, args: command, env: { [markerName]: marker } }
}
