// The process host as a program of its own, against the suite of all hosts.

import { hostSuite } from './conformance.fixture.ts'
import { openClient } from './hosting.fixture.ts'

hostSuite('the host program', openClient)
