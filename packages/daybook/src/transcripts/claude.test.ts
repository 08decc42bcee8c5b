// The suite of readers over samples made from the public description of Claude Code.
import { claude } from './claude.ts'
import { readerSuite } from './reader-suite.fixture.ts'

readerSuite(claude, [{ recording: 'described/claude', shell: 'Bash', branch: true }])
