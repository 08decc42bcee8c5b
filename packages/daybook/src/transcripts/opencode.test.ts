// The suite of readers over a recording of OpenCode; earlier versions are in `older.slow.test.ts`.
import { opencode } from './opencode.ts'
import { readerSuite } from './reader-suite.fixture.ts'

readerSuite(opencode, [{ recording: 'opencode-1.18.33', shell: 'bash' }])
