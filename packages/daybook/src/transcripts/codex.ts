// Transcripts of Codex: one file of lines per session below `.codex/sessions`, later moved to `archived_sessions`.

import { basename, join } from 'node:path'
import type { Json } from '../schema/json.ts'
import { CodexTranslator } from './codex-translator.ts'
import type { FoundFile, Origin, Places, Transcript, TranscriptReader } from './contract.ts'
import { fieldsOf, textOf } from './fields.ts'
import { filesBelow } from './files.ts'
import { firstRecord, lineTranscript } from './lines.ts'
import { mayBeOurs, originIn } from './mark.ts'

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
    if (id === undefined) return
    const origin = mayBeOurs(id) ? originOf(await firstRecord(file)) : undefined
    yield { ...lineTranscript(file, id), ...(origin === undefined ? undefined : { origin }) }
  },
  translator: (_transcript, memo?: Json) => new CodexTranslator(agent, memo),
}

function originOf(first: unknown): Origin | undefined {
  const { originator, cwd, git } = fieldsOf(fieldsOf(first).payload)
  const origin = originIn(originator)
  return origin && { ...origin, cwd: textOf(cwd), branch: textOf(fieldsOf(git).branch) }
}

function accept(name: string): boolean {
  return fileName.test(basename(name))
}
