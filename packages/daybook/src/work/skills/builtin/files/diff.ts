// What a change did to a text, as a unified diff that can also be taken back.

const contextLines = 3
/** Steps of the search for the shortest diff; beyond them what differs is told as one block. */
const mostSteps = 2000

export interface Diff {
  readonly text: string
  readonly added: number
  readonly removed: number
}

type Op = readonly [kind: ' ' | '-' | '+', line: string]

/** Lines keep their ends, so that the last one without an end is another line. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/)
}

export function diffOf(before: string, after: string): Diff {
  const ops = opsOf(linesOf(before), linesOf(after))
  const count = (kind: Op[0]) => ops.filter(([each]) => each === kind).length
  return { text: hunksOf(ops), added: count('+'), removed: count('-') }
}

function opsOf(old: readonly string[], fresh: readonly string[]): Op[] {
  let start = 0
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start++
  let end = 0
  while (end < old.length - start && end < fresh.length - start && old.at(-1 - end) === fresh.at(-1 - end)) end++
  const same = (lines: readonly string[]): Op[] => lines.map((line) => [' ', line])
  return [
    ...same(old.slice(0, start)),
    ...shortest(old.slice(start, old.length - end), fresh.slice(start, fresh.length - end)),
    ...same(end === 0 ? [] : old.slice(-end)),
  ]
}

/** Myers' search: the furthest place on each diagonal after so many changes, remembered to walk back. */
function shortest(old: readonly string[], fresh: readonly string[]): Op[] {
  const [n, m] = [old.length, fresh.length]
  const reached: Map<number, number>[] = []
  let row = new Map([[1, 0]])
  for (let changes = 0; changes <= Math.min(n + m, mostSteps); changes++) {
    reached.push(row)
    row = new Map(row)
    for (let k = -changes; k <= changes; k += 2) {
      const down = k === -changes || (k !== changes && at(row, k - 1) < at(row, k + 1))
      let x = down ? at(row, k + 1) : at(row, k - 1) + 1
      while (x < n && x - k < m && x - k >= 0 && old[x] === fresh[x - k]) x++
      row.set(k, x)
      if (x >= n && x - k >= m) return walkBack(old, fresh, reached, changes)
    }
  }
  return [...old.map((line): Op => ['-', line]), ...fresh.map((line): Op => ['+', line])]
}

function at(row: ReadonlyMap<number, number>, k: number): number {
  return row.get(k) ?? -1
}

function walkBack(
  old: readonly string[],
  fresh: readonly string[],
  reached: readonly Map<number, number>[],
  d: number,
) {
  const ops: Op[] = []
  let [x, y] = [old.length, fresh.length]
  for (let changes = d; changes >= 0; changes--) {
    const row = reached[changes] ?? new Map<number, number>()
    const k = x - y
    const down = k === -changes || (k !== changes && at(row, k - 1) < at(row, k + 1))
    const before = down ? k + 1 : k - 1
    const beforeX = at(row, before)
    const beforeY = beforeX - before
    for (; x > beforeX && y > beforeY && x > 0 && y > 0; y--) ops.push([' ', old[--x] ?? ''])
    if (changes === 0) break
    if (down) ops.push(['+', fresh[--y] ?? ''])
    else ops.push(['-', old[--x] ?? ''])
  }
  return ops.reverse()
}

function hunksOf(ops: readonly Op[]): string {
  const changed = ops.flatMap(([kind], index) => (kind === ' ' ? [] : [index]))
  const pieces: string[] = []
  for (let first = 0; first < changed.length; ) {
    let last = first
    while (last + 1 < changed.length && (changed[last + 1] ?? 0) - (changed[last] ?? 0) <= 2 * contextLines) last++
    const from = Math.max((changed[first] ?? 0) - contextLines, 0)
    const to = Math.min((changed[last] ?? 0) + contextLines + 1, ops.length)
    pieces.push(hunkOf(ops, from, to))
    first = last + 1
  }
  return pieces.join('')
}

function hunkOf(ops: readonly Op[], from: number, to: number): string {
  const before = ops.slice(0, from)
  const inside = ops.slice(from, to)
  const count = (some: readonly Op[], other: '-' | '+') => some.filter(([kind]) => kind !== other).length
  const range = (other: '-' | '+') => {
    const [start, length] = [count(before, other), count(inside, other)]
    return `${length === 0 ? start : start + 1},${length}`
  }
  const lines = inside.map(([kind, line]) =>
    line.endsWith('\n') ? `${kind}${line}` : `${kind}${line}\n\\ No newline at end of file\n`,
  )
  return `@@ -${range('+')} +${range('-')} @@\n${lines.join('')}`
}

/** The text before a change, from the one behind it; null where the diff is not of this text. */
export function undone(after: string, diff: string): string | null {
  if (diff === '') return after
  const fresh = linesOf(after)
  const old: string[] = []
  let next = 0
  for (const hunk of diff.split(/^(?=@@ )/m)) {
    const head = /^@@ -\d+,\d+ \+(\d+),(\d+) @@\n/.exec(hunk)
    if (!head) return null
    const start = Number(head[1]) - (head[2] === '0' ? 0 : 1)
    if (start < next) return null
    old.push(...fresh.slice(next, start))
    next = start
    for (const [kind, line] of opsIn(hunk.slice(head[0].length))) {
      if (kind !== '-' && fresh[next++] !== line) return null
      if (kind !== '+') old.push(line)
    }
  }
  return [...old, ...fresh.slice(next)].join('')
}

function opsIn(hunk: string): Op[] {
  const ops: Op[] = []
  for (const line of linesOf(hunk)) {
    const last = ops.at(-1)
    if (line.startsWith('\\') && last) ops[ops.length - 1] = [last[0], last[1].replace(/\n$/, '')]
    else ops.push([line[0] as Op[0], line.slice(1)])
  }
  return ops
}
