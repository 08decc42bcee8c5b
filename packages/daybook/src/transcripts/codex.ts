// Transcripts of Codex: one file of lines per session below `.codex/sessions`, later moved to `archived_sessions`.

import { basename, join } from 'node:path'
import type { Json } from '../schema/json.ts'
import { CodexTranslator } from './codex-translator.ts'
import type { FoundFile, Places, Transcript, TranscriptReader } from './contract.ts'
import { filesBelow } from './files.ts'
import { lineTranscript } from './lines.ts'

const agent = 'codex'
const fileName = /^rollout-.*-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/

export const codex: TranscriptReader = {
  agent,
  title: 'Codex',
  basis: 'recorded',
  async *find(places: Places): AsyncGenerator<FoundFile> {
    const own = places.env?.CODEX_HOME
    const [base, into] = own ? [own, []] : [places.home, ['.codex']]
    for (const folder of ['sessions', 'archived_sessions']) {
      const search = { agent, base, into: [...into, folder], depth: 4, accept }
      for await (const file of filesBelow(search, places)) yield { ...file, name: join(folder, file.name) }
    }
  },
  async *transcripts(file: FoundFile): AsyncGenerator<Transcript> {
    const id = fileName.exec(basename(file.path))?.[1]
    if (id !== undefined) yield lineTranscript(file, id)
  },
  translator: (_transcript, memo?: Json) => new CodexTranslator(agent, memo),
}

function accept(name: string): boolean {
  return fileName.test(basename(name))
}
