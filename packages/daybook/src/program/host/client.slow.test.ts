// The process host as a program of its own, against the suite of all hosts.

import { after } from 'node:test'
import { hostSuite } from './conformance.fixture.ts'
import { SharedHost } from './shared.fixture.ts'

const shared = new SharedHost()
after(() => shared.end())

hostSuite('the host program', (t) => shared.open(t))
