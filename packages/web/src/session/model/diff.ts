// Reads a unified diff into lines that know what they are and which line of the file they stand on.

export interface DiffLine {
  readonly type: 'hunk' | 'same' | 'added' | 'removed' | 'note'
  readonly text: string
  readonly before: number | null
  readonly after: number | null
}

const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$/

const header = /^(?:--- |\+\+\+ |diff |index |new file|deleted file|similarity|rename )/

/** Headers of files are left out: what is shown says which file it is. */
export function diffLines(diff: string): DiffLine[] {
  const lines: DiffLine[] = []
  let before = 0
  let after = 0
  let inside = false
  for (const line of diff.replace(/\n$/, '').split('\n')) {
    const start = hunk.exec(line)
    if (start) {
      inside = true
      before = Number(start[1])
      after = Number(start[2])
      lines.push({ type: 'hunk', text: line, before: null, after: null })
    } else if (/^@@(?: |$)/.test(line)) lines.push({ type: 'hunk', text: line, before: null, after: null })
    else if (!inside) {
      if (!header.test(line)) lines.push(unplaced(line))
    } else if (line.startsWith('+')) lines.push({ type: 'added', text: line.slice(1), before: null, after: after++ })
    else if (line.startsWith('-')) lines.push({ type: 'removed', text: line.slice(1), before: before++, after: null })
    else if (line.startsWith(' ') || line === '')
      lines.push({ type: 'same', text: line.slice(1), before: before++, after: after++ })
    else lines.push(note(line))
  }
  return lines
}

/** Agents write down what they changed without saying where it stands. */
function unplaced(line: string): DiffLine {
  const type = ({ '+': 'added', '-': 'removed', ' ': 'same' } as const)[line[0] ?? '']
  return type === undefined ? note(line) : { type, text: line.slice(1), before: null, after: null }
}

function note(text: string): DiffLine {
  return { type: 'note', text, before: null, after: null }
}
