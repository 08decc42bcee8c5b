// A real server that speaks every provider's interface and answers as told, for tests of whatever asks models.

import { type Fixture, type JournalEntry, LLMock } from '@copilotkit/aimock'
import type { ModelSettings, ProviderSettings } from './settings.ts'

export type MockAnswer = Fixture
export type MockRequest = JournalEntry

export interface MockServer extends AsyncDisposable {
  readonly url: string
  /** Settings under which each provider asks this server: `openai/…`, `openai-chat/…`, `anthropic/…`, `google/…`, `deepseek/…`, `ollama/…`, `lab/…`. */
  readonly providers: Readonly<Record<string, ProviderSettings>>
  /** {@link providers} with keys, and the given standard model; default `openai/mock`. */
  settings(more?: Partial<ModelSettings>): ModelSettings
  /** Everything that was asked, oldest first. */
  requests(): readonly MockRequest[]
  readonly mock: LLMock
}

/** Keys as no test may find them anywhere. */
export const mockKeys: Readonly<Record<string, string>> = {
  OPENAI_API_KEY: 'mock-openai-key-5Jx2qQ',
  ANTHROPIC_API_KEY: 'mock-anthropic-key-8Zr4wE',
  GOOGLE_GENERATIVE_AI_API_KEY: 'mock-google-key-3Lm9tY',
  DEEPSEEK_API_KEY: 'mock-deepseek-key-7Vb1nU',
  LAB_API_KEY: 'mock-lab-key-6Kp0sD',
}

/** Starts it on a free port. `answers` are tried in their order, the first that fits the request is given. */
export async function startMock(answers: readonly MockAnswer[] = []): Promise<MockServer> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' })
  mock.addFixtures([...answers])
  const url = await mock.start()
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
    mock,
    settings: (more = {}) => ({ model: 'openai/mock', providers, key: (name) => mockKeys[name], ...more }),
    requests: () => mock.getRequests(),
    [Symbol.asyncDispose]: () => mock.stop(),
  }
}
