// A real server that speaks every provider's interface and answers as told, for tests of whatever asks models.

import { once } from 'node:events'
import { createServer, type Fixture, type JournalEntry } from '@copilotkit/aimock'
import type { ModelSettings, ProviderSettings } from './settings.ts'

export type MockAnswer = Fixture
export type MockRequest = JournalEntry

export interface MockServer extends AsyncDisposable {
  readonly url: string
  /** Settings under which each provider asks this server: `openai/…`, `openai-chat/…`, `anthropic/…`, `google/…`, `deepseek/…`, `ollama/…`, `lab/…`. */
  readonly providers: Readonly<Record<string, ProviderSettings>>
  /** {@link providers} with keys, and the given standard model; default `openai/mock`. */
  settings(more?: Partial<ModelSettings>): ModelSettings
  /** Tried in their order, the first that fits a request is given; may be changed at any time. */
  readonly answers: MockAnswer[]
  /** Everything that was answered, oldest first, in the form of OpenAI's chat. */
  requests(): readonly MockRequest[]
  /** The bodies of everything that was asked, oldest first, as they came. */
  bodies(): readonly string[]
  /** Resolves with the body of the next request that has come whole. */
  asked(): Promise<string>
}

/** Keys as no test may find them anywhere. */
export const mockKeys: Readonly<Record<string, string>> = {
  OPENAI_API_KEY: 'mock-openai-key-5Jx2qQ',
  ANTHROPIC_API_KEY: 'mock-anthropic-key-8Zr4wE',
  GOOGLE_GENERATIVE_AI_API_KEY: 'mock-google-key-3Lm9tY',
  DEEPSEEK_API_KEY: 'mock-deepseek-key-7Vb1nU',
  LAB_API_KEY: 'mock-lab-key-6Kp0sD',
}

/** Starts it on a free port, or on a given one. Disposing cuts whatever is under way. */
export async function startMock(given: readonly MockAnswer[] = [], port = 0): Promise<MockServer> {
  const answers = [...given]
  const { server, journal, url } = await createServer(answers, { port, host: '127.0.0.1', logLevel: 'silent' })
  const bodies: string[] = []
  const waiting: ((body: string) => void)[] = []
  server.prependListener('request', (request) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      bodies.push(body)
      for (const resolve of waiting.splice(0)) resolve(body)
    })
  })
  const providers: Record<string, ProviderSettings> = {
    openai: { base_url: `${url}/v1` },
    'openai-chat': { kind: 'openai', api: 'chat', base_url: `${url}/v1` },
    anthropic: { base_url: `${url}/v1` },
    google: { base_url: `${url}/v1beta` },
    deepseek: { base_url: `${url}/v1` },
    ollama: { base_url: url },
    lab: { base_url: `${url}/v1`, key: 'LAB_API_KEY' },
  }
  return {
    url,
    providers,
    answers,
    settings: (more = {}) => ({ model: 'openai/mock', providers, key: (name) => mockKeys[name], ...more }),
    requests: () => journal.getAll(),
    bodies: () => bodies,
    asked: () => new Promise((resolve) => waiting.push(resolve)),
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
