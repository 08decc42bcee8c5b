// OpenAI by both of its interfaces.

import { conformance } from './conformance.fixture.ts'

conformance({ provider: 'openai', reasoning: 'shown', pdf: true })
conformance({ provider: 'openai-chat', reasoning: 'none', pdf: true })
