// The suite of readers over recordings of what was the newest version of each program before; files and databases.
import { codex } from './codex.ts'
import { gemini } from './gemini.ts'
import { opencode } from './opencode.ts'
import { qwen } from './qwen.ts'
import { readerSuite } from './reader-suite.fixture.ts'

readerSuite(codex, [
  { recording: 'codex-0.58.0', shell: 'shell', branch: true },
  { recording: 'codex-0.114.0', shell: 'exec_command', branch: true },
])
readerSuite(gemini, [{ recording: 'gemini-0.29.0', shell: 'run_shell_command' }])
readerSuite(opencode, [{ recording: 'opencode-1.1.56', shell: 'bash' }])
readerSuite(qwen, [
  { recording: 'qwen-0.10.1', shell: 'run_shell_command', branch: true },
  { recording: 'qwen-0.15.10', shell: 'run_shell_command', branch: true },
])
