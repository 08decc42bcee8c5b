// Anthropic's messages interface.

import { conformance } from './conformance.fixture.ts'

conformance({ provider: 'anthropic', reasoning: 'signed', textInput: false })
