// Servers that speak OpenAI's chat interface.

import { conformance } from './conformance.fixture.ts'

conformance({ provider: 'lab', reasoning: 'shown' })
