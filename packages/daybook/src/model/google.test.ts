// Google's Gemini interface.

import { conformance } from './conformance.fixture.ts'

conformance({ provider: 'google', reasoning: 'shown', pdf: true, textInput: false })
