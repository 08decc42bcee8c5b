// The suite of readers over recordings of two versions of Gemini CLI.
import { gemini } from './gemini.ts'
import { readerSuite } from './reader-suite.fixture.ts'

readerSuite(gemini, [
  { recording: 'gemini-0.29.0', shell: 'run_shell_command' },
  { recording: 'gemini-0.61.0', shell: 'run_shell_command' },
])
