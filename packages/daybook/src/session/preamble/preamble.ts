// The preamble of a session that goes on with another agent: what it has to know, within a budget, the same for the same log.

/** Tokens are estimated: so many characters are counted as one. */
export const charactersPerToken = 4
export const standardBudget = 6000
/** Below this, nothing that helps would fit. */
export const leastBudget = 200

/** However its characters are written, an entry holds so many. */
export const mostBudget = 32_000

export interface Noted {
  readonly seq: number
  readonly type: string
  readonly text: string
}

export interface Turned {
  readonly seq: number
  /** Who speaks: a role or an agent. */
  readonly by: string
  readonly text: string
  /** Names of what was called. */
  readonly calls: readonly string[]
}

export interface Known {
  readonly session: string
  readonly seq: number
  readonly title: string
  readonly agent: string
  readonly branch: string | null
  readonly repository: string | null
  readonly folder: string | null
  /** What the person asked first, and last. */
  readonly goal: string
  readonly last: string
  /** Oldest first, as everything here. */
  readonly notes: readonly Noted[]
  /** What is under way or unanswered. */
  readonly open: readonly string[]
  /** Each path once, with what happened to it last. */
  readonly files: readonly { readonly path: string; readonly what: string }[]
  readonly turns: readonly Turned[]
}

export interface Preamble {
  readonly text: string
  /** An estimate. */
  readonly tokens: number
}

/** `asked`: what the next agent is to do. `budget` is in estimated tokens; the text never has more. */
export function preambleOf(known: Known, budget: number, asked = ''): Preamble {
  const room = new Room(budget * charactersPerToken)
  const end = asked === '' ? '' : `\n## Asked now\n${room.cut(asked, 0.3)}\n`
  room.take(end)
  const parts = [room.take(headerOf(known))]
  parts.push(section(room, 'Goal', [room.cut(known.goal, 0.2)]))
  if (known.last !== known.goal) parts.push(section(room, 'Asked last', [room.cut(known.last, 0.2)]))
  parts.push(list(room, 'Decisions', known.notes.filter(isDecision).map(noteLine), 0.3))
  const open = [...known.notes.filter(isOpen).map(noteLine), ...known.open.map((one) => `- ${oneLine(one, 240)}`)]
  parts.push(list(room, 'Open ends', open, 0.3))
  const files = known.files.map(({ path, what }) => `- ${path} (${what})`)
  parts.push(list(room, 'Files touched', files, 0.3))
  parts.push(turns(room, known.turns))
  const text = `${parts.join('')}${end}`.trimEnd()
  return { text, tokens: Math.ceil(text.length / charactersPerToken) }
}

function headerOf({ title, session, seq, agent, branch, repository, folder }: Known): string {
  const facts = [
    `agent ${agent}`,
    branch && `branch ${branch}`,
    repository && `repository ${repository}`,
    folder && `folder ${folder}`,
  ]
  const told = facts.filter((fact) => fact).join(', ')
  return `# Going on from: ${oneLine(title, 120)}\n${oneLine(told, 300)}; session ${session} up to entry ${seq}.\n`
}

/** Counts down what fits. */
class Room {
  left: number

  constructor(characters: number) {
    this.left = characters
  }

  take(text: string): string {
    this.left -= text.length
    return text
  }

  /** The beginning of a text, up to a share of what is left. */
  cut(text: string, share: number): string {
    const most = Math.max(0, Math.floor(this.left * share))
    const clean = text.trim()
    return clean.length <= most ? clean : `${whole(clean.slice(0, Math.max(0, most - 2)))} …`
  }
}

function section(room: Room, title: string, lines: readonly string[]): string {
  const text = lines.filter((line) => line !== '').join('\n')
  const made = `\n## ${title}\n${text}\n`
  return text === '' || text === ' …' || made.length > room.left ? '' : room.take(made)
}

/** The newest lines that fit into a share of what is left, oldest first; says how many are missing. */
function list(room: Room, title: string, lines: readonly string[], share: number): string {
  const kept: string[] = []
  let left = Math.floor(room.left * share) - title.length - 40
  for (const line of lines.toReversed()) {
    if (line.length + 1 > left) break
    left -= line.length + 1
    kept.unshift(line)
  }
  const missing = lines.length - kept.length
  return section(room, title, missing > 0 && kept.length > 0 ? [`- … ${missing} earlier`, ...kept] : kept)
}

/** The last turns whole as long as they fit, the one before them cut. */
function turns(room: Room, all: readonly Turned[]): string {
  const title = '\n## Last turns\n'
  const kept: string[] = []
  let left = room.left - title.length - 40
  for (const turn of all.toReversed()) {
    const told = turnText(turn)
    if (told === '') continue
    const fits = told.length + 2 <= left
    if (!fits && left < 160) break
    kept.unshift(fits ? told : `${whole(told.slice(0, left - 4))} …`)
    left -= told.length + 2
    if (!fits) break
  }
  return kept.length === 0 ? '' : room.take(`${title}${kept.join('\n\n')}\n`)
}

function turnText({ by, text, calls, seq }: Turned): string {
  const counts = Map.groupBy(calls, (name) => name)
  const called = [...counts].map(([name, { length }]) => (length > 1 ? `${name} ×${length}` : name)).join(', ')
  const said = [text.trim(), called === '' ? '' : `[called ${called}]`].filter((each) => each !== '').join('\n')
  return said === '' ? '' : `${by} (#${seq}): ${said}`
}

const isDecision = ({ type }: Noted): boolean => type === 'decision' || type === 'instruction' || type === 'insight'
const isOpen = ({ type }: Noted): boolean => type === 'todo' || type === 'problem' || type === 'idea'

function noteLine({ seq, type, text }: Noted): string {
  return `- ${type}: ${oneLine(text, 400)} (#${seq})`
}

function oneLine(text: string, most: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= most ? line : `${whole(line.slice(0, most - 2))} …`
}

/** Never half of a character. */
function whole(text: string): string {
  return text.replace(/[\uD800-\uDBFF]$/, '')
}
