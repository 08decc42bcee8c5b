// The process host inside this process, against the suite of all hosts.

import { hostSuite } from './conformance.fixture.ts'
import { openInline } from './hosting.fixture.ts'

hostSuite('the inline host', openInline)
