// The suite of readers over a sample made from public descriptions of the export of ChatGPT.
import { chatgpt } from './chatgpt.ts'
import { readerSuite } from './reader-suite.fixture.ts'

readerSuite(chatgpt, [{ recording: 'described/chatgpt', sessions: 2, usage: false, cwd: false }])
