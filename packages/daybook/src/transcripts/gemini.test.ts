// The suite of readers over a recording of Gemini CLI; earlier versions are in `older.slow.test.ts`.
import { gemini } from './gemini.ts'
import { readerSuite } from './reader-suite.fixture.ts'

readerSuite(gemini, [{ recording: 'gemini-0.61.0', shell: 'run_shell_command' }])
