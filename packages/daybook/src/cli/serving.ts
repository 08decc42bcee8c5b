// The settings of `serve` beside its address, from wherever they are given; what does not fit is refused by its source.

import { compile, type Schema } from '../schema/check.ts'
import { readConfig } from './config.ts'
import { misuse } from './exits.ts'
import { spanOf } from './format/time.ts'
import type { Call } from './grammar.ts'
import { text } from './open.ts'
import type { ServeSettings } from './parts.ts'
import { type Config, type Setting, type Sources, settingFrom, settings } from './settings.ts'
import type { Asked } from './where.ts'

type Serving = Pick<ServeSettings, 'hosts' | 'origins' | 'idleMs' | 'rate' | 'bus'>

export function servingSettings(asked: Asked, call: Call): Serving {
  const config = readConfig(asked)
  const given = <N extends keyof Config>(name: N): Config[N] | undefined => {
    const { flag = '' }: Setting = settings[name]
    return settingValue(name, { flag: text(call, flag), env: asked.env, config })
  }
  const hosts = given('allow_host')
  const origins = given('allow_origin')
  const archiveAfter = given('archive_after')
  const rate = given('rate')
  const bus = given('bus')
  return {
    ...(hosts ? { hosts } : {}),
    ...(origins ? { origins } : {}),
    ...(archiveAfter === undefined ? {} : { idleMs: spanOf(archiveAfter) }),
    ...(rate === undefined ? {} : { rate }),
    ...(bus === undefined ? {} : { bus }),
  }
}

/** The value that counts, as daybook.json would say it; texts of options and of the environment are read as such a value. */
function settingValue<N extends keyof Config>(name: N, sources: Sources): Config[N] | undefined {
  const given = settingFrom(name, sources)
  if (given === null) return undefined
  // A configuration was checked when it was read.
  if (given.from === 'config') return given.value as Config[N]
  const { shape = {}, takes, example, flag }: Setting = settings[name]
  const value = readText(shape, String(given.value))
  const misfit = compile(shape)(value, '')
  if (misfit === null) return value as Config[N]
  const next = example === undefined ? undefined : `daybook serve --${flag} ${example}`
  throw misuse(`${given.by} cannot be ${given.value}`, next, `It takes ${takes}.`)
}

/** What stays text here does not fit the shape of a number. */
function readText({ type }: Schema, given: string): unknown {
  if (type === 'array') return given.split(',').map((each) => each.trim())
  return type === 'number' && /^\d+(?:\.\d+)?$/.test(given) ? Number(given) : given
}
