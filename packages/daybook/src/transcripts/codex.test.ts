// The suite of readers over a recording of Codex; earlier versions are in `older.slow.test.ts`.
import { codex } from './codex.ts'
import { readerSuite } from './reader-suite.fixture.ts'

readerSuite(codex, [{ recording: 'codex-0.169.0', shell: 'exec_command', branch: true }])
