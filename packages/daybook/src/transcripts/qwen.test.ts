// The suite of readers over recordings of three versions of Qwen Code.
import { qwen } from './qwen.ts'
import { readerSuite } from './reader-suite.fixture.ts'

readerSuite(qwen, [
  { recording: 'qwen-0.10.1', shell: 'run_shell_command', branch: true },
  { recording: 'qwen-0.15.10', shell: 'run_shell_command', branch: true },
  { recording: 'qwen-0.24.4', shell: 'run_shell_command', branch: true },
])
