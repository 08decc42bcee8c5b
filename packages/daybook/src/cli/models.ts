// What daybook.json, the environment and the file of keys say about models. A key is read here and goes nowhere but to its
// provider and to the redactor.

import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { ModelSettings } from '../model/settings.ts'
import { type McpServer, mcpKeys } from '../work/skills/mcp/settings.ts'
import { readConfig } from './config.ts'
import { type Env, userFolder } from './folders.ts'
import { settingFrom } from './settings.ts'
import type { Asked } from './where.ts'

interface Secrets {
  readonly values: Readonly<Record<string, string | undefined>>
  readonly refused?: string
}

/** The environment counts before the file. */
export function modelSettings(asked: Asked): ModelSettings {
  const config = readConfig(asked)
  const { fallback, providers, model_facts: facts, mcp } = config?.value ?? {}
  const model = settingFrom('model', { env: asked.env, config })
  const secrets = readSecrets(secretsFile(asked.env, config), config?.value.secrets !== undefined)
  return {
    key: (name) => asked.env[name] || secrets.values[name] || undefined,
    ...(model === null ? {} : { model: String(model.value) }),
    ...(mcp === undefined ? {} : { secrets: mcpKeys({ servers: mcp as Readonly<Record<string, McpServer>> }) }),
    ...(fallback === undefined ? {} : { fallback }),
    // Their shapes were checked when the configuration was read.
    ...(providers === undefined ? {} : { providers: providers as NonNullable<ModelSettings['providers']> }),
    ...(facts === undefined ? {} : { facts: facts as NonNullable<ModelSettings['facts']> }),
    ...(secrets.refused === undefined ? {} : { refused: secrets.refused }),
  }
}

function secretsFile(env: Env, config: ReturnType<typeof readConfig>): string {
  const named = config?.value.secrets
  return config === null || named === undefined
    ? join(userFolder('config', env), 'secrets.env')
    : resolve(dirname(config.path), named)
}

/** A file that others can read is not used: whoever may have seen a key should make a new one. */
function readSecrets(file: string, named: boolean): Secrets {
  try {
    const mode = statSync(file).mode & 0o777
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      return {
        values: {},
        refused: `${file} is not used, because others can read it (mode ${mode.toString(8)}): chmod 600 ${file}`,
      }
    }
    return { values: parseEnv(readFileSync(file, 'utf8')) }
  } catch (error) {
    if (!named && (error as { code?: unknown }).code === 'ENOENT') return { values: {} }
    return { values: {}, refused: `${file} cannot be read` }
  }
}
