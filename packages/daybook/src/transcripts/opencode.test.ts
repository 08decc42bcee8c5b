// The suite of readers over recordings of two versions of OpenCode, files and a database.
import { opencode } from './opencode.ts'
import { readerSuite } from './reader-suite.fixture.ts'

readerSuite(opencode, [
  { recording: 'opencode-1.1.56', shell: 'bash' },
  { recording: 'opencode-1.18.33', shell: 'bash' },
])
