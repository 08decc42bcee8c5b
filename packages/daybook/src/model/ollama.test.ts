// Ollama. The mock server never says what an answer of it took.

import { conformance } from './conformance.fixture.ts'

conformance({ provider: 'ollama', reasoning: 'none', textInput: false, usage: false })
