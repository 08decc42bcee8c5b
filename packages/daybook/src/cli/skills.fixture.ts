// Skills for tests of the command line, written beside a store: one that waits for approval, one that holds, asks, undoes.

import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where the skills leave traces of what they did. */
export interface Traces {
  /** Lines of what was pushed. */
  readonly pushed: string
  /** There while the skill `hold` works. */
  readonly holding: string
  /** Made by the test: `hold` ends. */
  readonly letGo: string
  /** There while the skill `jot` has something that can be undone. */
  readonly jotted: string
}

const q = JSON.stringify

/** Writes the skills into the folder that belongs to a store at `store`. */
export function writeSkills(store: string): Traces {
  const folder = join(dirname(store), 'skills')
  const trace = (name: string): string => join(dirname(store), name)
  const traces = {
    pushed: trace('pushed.txt'),
    holding: trace('holding'),
    letGo: trace('let-go'),
    jotted: trace('jotted'),
  }
  for (const [id, text] of Object.entries(modulesOf(traces))) {
    mkdirSync(join(folder, id), { recursive: true })
    writeFileSync(join(folder, id, 'skill.ts'), text)
  }
  return traces
}

function modulesOf({ pushed, holding, letGo, jotted }: Traces): Readonly<Record<string, string>> {
  const begin = (...imports: string[]): string =>
    [...imports, `import { defineSkill } from 'daybook'`, '', 'export default defineSkill({', ''].join('\n')
  return {
    push: `${begin(`import { appendFileSync } from 'node:fs'`)}
  name: 'Push',
  description: 'Pushes commits of a branch to the remote repository.',
  input: { type: 'string' },
  risk: 'high',
  run(branch: string) {
    appendFileSync(${q(pushed)}, branch + '\\n')
    return 'pushed ' + branch
  },
})
`,
    hold: `${begin(`import { existsSync, rmSync, writeFileSync } from 'node:fs'`, `import { setTimeout } from 'node:timers/promises'`)}
  name: 'Hold',
  description: 'Holds the line.',
  input: { type: 'string' },
  idempotent: true,
  async run(text: string, { signal, progress, delta }) {
    progress('holding')
    delta('held ')
    writeFileSync(${q(holding)}, text)
    try {
      while (!existsSync(${q(letGo)})) await setTimeout(10, undefined, { signal })
    } finally {
      rmSync(${q(holding)}, { force: true })
    }
    delta(text)
    return 'held ' + text
  },
})
`,
    greet: `${begin()}
  name: 'Greet',
  description: 'Greets a person by name.',
  durable: true,
  async run(_input, { ask }) {
    return 'hello ' + (await ask('what is your name?'))
  },
})
`,
    jot: `${begin(`import { rmSync, writeFileSync } from 'node:fs'`)}
  name: 'Jot',
  description: 'Jots a word down.',
  input: { type: 'string' },
  run(word: string) {
    writeFileSync(${q(jotted)}, word)
    return 'jotted ' + word
  },
  async undo() {
    rmSync(${q(jotted)}, { force: true })
  },
})
`,
  }
}
