// Transcripts of Claude Code, as publicly described: one file of lines per session below `.claude/projects/<folder>`.

import { basename } from 'node:path'
import type { Json } from '../schema/json.ts'
import { ClaudeTranslator } from './claude-translator.ts'
import type { FoundFile, Places, Transcript, TranscriptReader } from './contract.ts'
import { fieldsOf, textOf } from './fields.ts'
import { filesBelow } from './files.ts'
import { firstRecord, lineTranscript } from './lines.ts'
import { mayBeOurs, originIn } from './mark.ts'

const agent = 'claude'
/** Sessions, and below one the agents that it had work for it. */
const fileName = /^[^/]+\/(?:[^/]+\/subagents\/)?([A-Za-z0-9_-]{1,100})\.jsonl$/

export const claude: TranscriptReader = {
  agent,
  title: 'Claude Code',
  basis: 'described',
  keepsDays: 30,
  async *find(places: Places): AsyncGenerator<FoundFile> {
    const own = places.env?.CLAUDE_CONFIG_DIR
    const [base, into] = own ? [own, ['projects']] : [places.home, ['.claude', 'projects']]
    const accept = (name: string) => fileName.test(name)
    yield* filesBelow({ agent, base, into, depth: 3, accept }, places)
  },
  async *transcripts(file: FoundFile): AsyncGenerator<Transcript> {
    const id = basename(file.path, '.jsonl')
    const { originator, cwd, gitBranch } = fieldsOf(mayBeOurs(id) ? await firstRecord(file) : undefined)
    const from = originIn(originator)
    const origin = from && { ...from, cwd: textOf(cwd), branch: textOf(gitBranch) }
    yield { ...lineTranscript(file, id), ...(origin === undefined ? undefined : { origin }) }
  },
  translator: (transcript, memo?: Json) => new ClaudeTranslator(agent, transcript.id, memo),
}
