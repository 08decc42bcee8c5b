// The suite of readers over recordings of three versions of Codex.
import { codex } from './codex.ts'
import { readerSuite } from './reader-suite.fixture.ts'

readerSuite(codex, [
  { recording: 'codex-0.58.0', shell: 'shell', branch: true },
  { recording: 'codex-0.114.0', shell: 'exec_command', branch: true },
  { recording: 'codex-0.169.0', shell: 'exec_command', branch: true },
])
