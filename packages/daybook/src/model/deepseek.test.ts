// DeepSeek's chat interface.

import { conformance } from './conformance.fixture.ts'

conformance({ provider: 'deepseek', reasoning: 'shown' })
