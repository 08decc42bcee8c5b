// How the real programs of other agents are run for a proof: a home of their own, one model, one prompt, no terminal.

import { spawn } from 'node:child_process'
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

export interface Program {
  /** The name of the program, of our writer and of our reader. */
  readonly agent: string
  /** Files below its home, with their text. */
  settings(model: string): Readonly<Record<string, string>>
  env(model: string): Readonly<Record<string, string>>
  /** By which it takes up a session that was written for it, one after the other; `file` is what was written. */
  calls?(id: string, file: string, prompt: string): readonly (readonly string[])[]
}

const codexSettings = (model: string): string => `model = "gpt-5.1-codex"
model_provider = "proof"
[model_providers.proof]
name = "proof"
base_url = "${model}/v1"
env_key = "PROOF_KEY"
wire_api = "responses"
`

const geminiSettings = {
  security: { auth: { selectedType: 'gemini-api-key' } },
  privacy: { usageStatisticsEnabled: false },
  telemetry: { enabled: false },
  general: { disableAutoUpdate: true, enableAutoUpdate: false },
}

/** Without what it asks its model for by itself: to remember something, and for a next prompt. */
const qwenSettings = {
  security: { auth: { selectedType: 'openai' } },
  privacy: { usageStatisticsEnabled: false },
  general: { enableAutoUpdate: false },
  memory: { enableManagedAutoMemory: false },
  ui: { enableFollowupSuggestions: false },
}

const opencodeSettings = (model: string): object => ({
  autoupdate: false,
  share: 'disabled',
  model: 'proof/any',
  small_model: 'proof/any',
  provider: {
    proof: {
      npm: '@ai-sdk/openai-compatible',
      name: 'Proof',
      options: { baseURL: `${model}/v1`, apiKey: 'proof' },
      models: {
        any: {
          ...{ name: 'Any', tool_call: true, attachment: true, limit: { context: 100_000, output: 8000 } },
          modalities: { input: ['text', 'image'], output: ['text'] },
        },
      },
    },
  },
})

export const programs: readonly Program[] = [
  {
    agent: 'codex',
    settings: (model) => ({ '.codex/config.toml': codexSettings(model) }),
    env: () => ({ PROOF_KEY: 'proof' }),
    calls: (id, _file, prompt) => [['exec', '--json', '--skip-git-repo-check', 'resume', id, prompt]],
  },
  {
    agent: 'gemini',
    settings: () => ({ '.gemini/settings.json': JSON.stringify(geminiSettings) }),
    env: (model) => ({ GEMINI_API_KEY: 'proof', GOOGLE_GEMINI_BASE_URL: model }),
    calls: (id, _file, prompt) => [
      ['--resume', id, '-m', 'gemini-2.5-flash', '-p', prompt, '--output-format', 'json', '--skip-trust'],
    ],
  },
  {
    agent: 'opencode',
    settings: (model) => ({ '.config/opencode/opencode.json': JSON.stringify(opencodeSettings(model)) }),
    env: () => ({ OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' }),
    calls: (id, file, prompt) => [
      ['import', file],
      ['run', '--session', id, '--model', 'proof/any', '--format', 'json', prompt],
    ],
  },
  {
    agent: 'qwen',
    settings: () => ({ '.qwen/settings.json': JSON.stringify(qwenSettings) }),
    env: (model) => ({ OPENAI_API_KEY: 'proof', OPENAI_BASE_URL: `${model}/v1`, OPENAI_MODEL: 'any' }),
  },
]

/** Whether a program of this name is on the PATH. */
export function isInstalled(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false // not in this folder, or not to be run
    }
  })
}

export function prepare(home: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true })
    writeFileSync(join(home, name), text)
  }
}

/** Nothing of this machine but its PATH. Ends what takes longer than two minutes. */
export async function perform(name: string, args: readonly string[], home: string, env: object, cwd: string) {
  const child = spawn(name, args, {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: home, TZ: 'UTC', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.timeout(120_000),
    killSignal: 'SIGKILL',
  })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => said.push(piece.toString()))
  const { promise, resolve } = Promise.withResolvers<string>()
  child.on('error', (error) => resolve(error.message))
  child.on('close', (code) => resolve(code === 0 ? '' : `exit ${code}`))
  const fault = await promise
  return { fault, said: said.join('') }
}
