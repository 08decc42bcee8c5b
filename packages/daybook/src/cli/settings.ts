// The one table of settings: a row says where a setting may be given and what it is otherwise. What reads daybook.json,
// `config show` and `config check` are made from it, so that a new key is one row.

import type { Schema } from '../schema/check.ts'
import type { Env } from './folders.ts'

export interface Setting {
  readonly help: string
  /** The option that gives it, without dashes. */
  readonly flag?: string
  /** The variable of the environment that gives it. */
  readonly variable?: string
  /** What it must be in daybook.json, where it stands under its name; without a shape it does not belong there. */
  readonly shape?: Schema
  /** What it takes, in words, and one such value: for those whose own did not fit its shape. */
  readonly takes?: string
  readonly example?: string
  /** What it is when nobody gives it, in words. */
  readonly standard?: string
  /** Never shown. */
  readonly secret?: true
}

const modelPattern = String.raw`^[^/\s]+/\S+$`

const budgetShape = {
  type: 'object',
  additionalProperties: false,
  properties: { tokens: { type: 'integer', minimum: 0 }, cost: { type: 'number', minimum: 0 } },
} as const

export const settings = {
  server: { help: 'the server that commands talk to', flag: 'server' },
  store: {
    help: 'the store: a file name, or sqlite:… memory: …; a path is taken from the folder of daybook.json',
    flag: 'store',
    variable: 'DAYBOOK_STORE',
    shape: { type: 'string', minLength: 1 },
  },
  config: { help: 'the configuration', flag: 'config', variable: 'DAYBOOK_CONFIG' },
  as: { help: 'who writes', flag: 'as', standard: 'user:local' },
  port: { help: 'where serve listens', flag: 'port', variable: 'DAYBOOK_PORT', standard: '8001' },
  host: { help: 'where serve listens', flag: 'host', variable: 'DAYBOOK_HOST', standard: '127.0.0.1' },
  allow_host: {
    help: 'names that serve answers to, beside those of this machine',
    flag: 'allow-host',
    variable: 'DAYBOOK_ALLOW_HOST',
    shape: {
      type: 'array',
      items: { type: 'string', pattern: String.raw`^(?:[\w-]+(?:\.[\w-]+)*|\[[\dA-Fa-f:.]+\])$` },
    },
    takes: 'names without scheme and port, with commas between them',
    example: 'daybook.lan',
  },
  allow_origin: {
    help: 'origins of web pages that may read and write, beside those of this machine, which may write',
    flag: 'allow-origin',
    variable: 'DAYBOOK_ALLOW_ORIGIN',
    shape: {
      type: 'array',
      items: { type: 'string', pattern: String.raw`^[A-Za-z][\w+.-]*://(?:[\w.-]+|\[[\dA-Fa-f:.]+\])(?::\d{1,5})?$` },
    },
    takes: 'origins without a path, with commas between them',
    example: 'https://app.example',
  },
  archive_after: {
    help: 'how long a session lies idle before serve archives it',
    flag: 'archive-after',
    variable: 'DAYBOOK_ARCHIVE_AFTER',
    shape: { type: 'string', pattern: String.raw`^(?:[1-9]\d{0,4}[smhdw]|never)$` },
    takes: 'a time such as 90s, 15m, 12h, 3d or 1w, or never',
    example: '12h',
    standard: '24h',
  },
  rate: {
    help: 'writes a second that one address may make, bursts take twice as many; 0: no limit',
    flag: 'rate',
    variable: 'DAYBOOK_RATE',
    shape: { type: 'number', minimum: 0, maximum: 1_000_000 },
    takes: 'a number of writes a second from 0 to 1000000',
    example: '50',
    standard: '0',
  },
  bus: {
    help: 'a Redis that carries hints and deltas between the servers of a PostgreSQL store',
    flag: 'bus',
    variable: 'DAYBOOK_BUS',
    shape: { type: 'string', pattern: '^rediss?://' },
    takes: 'an address that begins with redis:// or rediss://',
    example: 'redis://127.0.0.1:6379',
  },
  skills: {
    help: 'folders of skills, beside the folder skills of the store; taken from the folder of daybook.json',
    shape: { type: 'array', items: { type: 'string', minLength: 1 } },
  },
  agents: {
    help: 'folders of agents and teams, beside the folder agents of the store; taken from the folder of daybook.json',
    shape: { type: 'array', items: { type: 'string', minLength: 1 } },
  },
  folders: {
    help: 'folders in which agents may work with files, for every session; taken from the folder of daybook.json',
    shape: { type: 'array', items: { type: 'string', minLength: 1 } },
  },
  mcp: {
    help: 'MCP servers, whose tools are skills mcp/NAME/…: a command, or the url of one; keys by their NAMES',
    shape: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: {
          command: { type: 'string', minLength: 1 },
          args: { type: 'array', items: { type: 'string' } },
          cwd: { type: 'string', minLength: 1 },
          env: { type: 'object', additionalProperties: { type: 'string' } },
          secrets: { type: 'array', items: { type: 'string', pattern: '^[A-Z][A-Z0-9_]{0,63}$' } },
          url: { type: 'string', pattern: '^https?://' },
          headers: { type: 'object', additionalProperties: { type: 'string' } },
          timeout_sec: { type: 'integer', minimum: 1, maximum: 3600 },
          risk: { type: 'object', additionalProperties: { enum: ['low', 'medium', 'high'] } },
        },
      },
    },
  },
  http_allow: {
    help: 'hosts that the skill http-get may ask, with a port where it is not the usual one',
    shape: { type: 'array', items: { type: 'string', minLength: 1 } },
  },
  approve: {
    help: 'skills and steps that wait for an approval, beside those of high risk; * at the end stands for any ending',
    shape: { type: 'array', items: { type: 'string', minLength: 1 } },
  },
  model: {
    help: 'the model of agents that name none; without one, programs and skills do all the work',
    variable: 'DAYBOOK_MODEL',
    shape: { type: 'string', pattern: modelPattern },
    takes: 'a provider and a model',
    example: 'anthropic/claude-sonnet-4-5',
  },
  fallback: {
    help: 'models that stand in for that one, in this order, when it fails',
    shape: { type: 'array', items: { type: 'string', pattern: modelPattern } },
  },
  providers: {
    help: 'where models are asked: base_url, and as key the NAME of the variable that holds it',
    shape: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: {
          kind: { enum: ['openai', 'anthropic', 'google', 'deepseek', 'ollama', 'openai-compatible'] },
          base_url: { type: 'string', pattern: '^https?://' },
          key: { type: 'string', pattern: '^[A-Z][A-Z0-9_]{0,63}$' },
          api: { enum: ['responses', 'chat'] },
          schemas: { type: 'boolean' },
        },
      },
    },
  },
  model_facts: {
    help: 'what is known of models and our table does not say: context, output, images, price for a million tokens',
    shape: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: {
          context: { type: 'integer', minimum: 1 },
          output: { type: 'integer', minimum: 1 },
          images: { type: 'boolean' },
          price: {
            type: 'object',
            additionalProperties: false,
            required: ['input', 'output'],
            properties: {
              input: { type: 'number', minimum: 0 },
              output: { type: 'number', minimum: 0 },
              cached_input: { type: 'number', minimum: 0 },
            },
          },
        },
      },
    },
  },
  budgets: {
    help: 'tokens and US dollars that a session, and on one day a user, an agent and all together, may spend; warn_at: share',
    shape: {
      type: 'object',
      additionalProperties: false,
      properties: {
        session: budgetShape,
        user: budgetShape,
        agent: budgetShape,
        day: budgetShape,
        warn_at: { type: 'number', minimum: 0, maximum: 1 },
      },
    },
  },
  summaries: {
    help: 'the model that writes summaries, the share of the room at which one is begun, and of the messages that stay',
    shape: {
      type: 'object',
      additionalProperties: false,
      properties: {
        model: { type: 'string', pattern: modelPattern },
        begin_at: { type: 'number', minimum: 0.1, maximum: 1 },
        keep: { type: 'number', minimum: 0.05, maximum: 0.9 },
      },
    },
  },
  secrets: {
    help: 'the file of keys, lines of NAME=value that only its owner may read; default: secrets.env of the user',
    shape: { type: 'string', minLength: 1 },
  },
} as const satisfies Readonly<Record<string, Setting>>

export type SettingName = keyof typeof settings

/** The table by its wide type, for those who go through all rows. */
export const settingRows: readonly (Setting & { readonly name: SettingName })[] = (
  Object.keys(settings) as SettingName[]
).map((name) => ({ ...settings[name], name }))

/** What a value of a shape is in TypeScript. */
type Shaped<S> = S extends { readonly enum: readonly (infer Word)[] }
  ? Word
  : S extends { readonly type: 'string' }
    ? string
    : S extends { readonly type: 'boolean' }
      ? boolean
      : S extends { readonly type: 'integer' | 'number' }
        ? number
        : S extends { readonly type: 'array'; readonly items: infer Item }
          ? readonly Shaped<Item>[]
          : S extends { readonly type: 'object'; readonly properties: infer Fields }
            ? { readonly [Name in keyof Fields]?: Shaped<Fields[Name]> }
            : unknown

/** What daybook.json may say. */
export type Config = {
  readonly [Name in SettingName as (typeof settings)[Name] extends { readonly shape: Schema }
    ? Name
    : never]?: (typeof settings)[Name] extends { readonly shape: infer S } ? Shaped<S> : never
}

/** `server`: what the running server of this machine was started with. */
export type From = 'flag' | 'environment' | 'config' | 'server' | 'default'

export interface Given {
  readonly value: unknown
  readonly from: From
  /** In words: `--store`, `DAYBOOK_STORE`, the file. */
  readonly by: string
}

export interface Sources {
  /** The value of the option, when it was given. */
  readonly flag?: string | undefined
  readonly env: Env
  readonly config?: { readonly path: string; readonly value: Config } | null
}

/** The value that counts: flag, environment, configuration, default; null when there is none of these. */
export function settingFrom(name: SettingName, { flag, env, config }: Sources): Given | null {
  const row: Setting = settings[name]
  if (flag !== undefined) return { value: flag, from: 'flag', by: `--${row.flag ?? name}` }
  const variable = row.variable === undefined ? undefined : env[row.variable]
  if (row.variable !== undefined && variable) return { value: variable, from: 'environment', by: row.variable }
  const written = config ? Object.entries(config.value).find(([key]) => key === name)?.[1] : undefined
  if (config && written !== undefined) return { value: written, from: 'config', by: config.path }
  return row.standard === undefined ? null : { value: row.standard, from: 'default', by: 'default' }
}

/** As {@link settingFrom}, for settings whose row has a default. */
export function settingText(name: 'as' | 'port' | 'host', sources: Sources): string {
  return String(settingFrom(name, sources)?.value ?? settings[name].standard)
}
