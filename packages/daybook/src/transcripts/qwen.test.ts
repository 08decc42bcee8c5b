// The suite of readers over a recording of Qwen Code; earlier versions are in `older.slow.test.ts`.
import { qwen } from './qwen.ts'
import { readerSuite } from './reader-suite.fixture.ts'

readerSuite(qwen, [{ recording: 'qwen-0.24.4', shell: 'run_shell_command', branch: true }])
