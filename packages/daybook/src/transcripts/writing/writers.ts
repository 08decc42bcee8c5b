// All forms in which a session is written, by the word that is typed.

import { sessionHtml } from '../../session/document/html.ts'
import { sessionMarkdown } from '../../session/document/markdown.ts'
import { claudeWriter } from './claude.ts'
import { codexWriter } from './codex.ts'
import type { DocumentWriter, TranscriptWriter } from './contract.ts'
import { geminiWriter } from './gemini.ts'
import { opencodeWriter } from './opencode.ts'

/** Of agents whose programs go on from what is written. */
export const transcriptWriters: readonly TranscriptWriter[] = [codexWriter, geminiWriter, opencodeWriter, claudeWriter]

export const documentWriters: readonly DocumentWriter[] = [
  {
    format: 'markdown',
    title: 'Markdown',
    extension: '.md',
    async *write(session, timeZone) {
      let separator = ''
      for await (const piece of sessionMarkdown(session, timeZone)) {
        yield `${separator}${piece}`
        separator = '\n'
      }
    },
  },
  { format: 'html', title: 'HTML', extension: '.html', write: sessionHtml },
]
