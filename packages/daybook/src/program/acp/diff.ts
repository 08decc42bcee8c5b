// What changed between two texts, as one piece of a unified diff.

/** Lines that stay the same, shown before and behind what changed. */
const around = 3

/** Null where nothing did. Of several changes far from each other all that lies between them counts as changed. */
export function diffOf(before: string, after: string): string | null {
  const [old, now] = [linesOf(before), linesOf(after)]
  const most = Math.min(old.length, now.length)
  let [start, end] = [0, 0]
  while (start < most && old[start] === now[start]) start += 1
  while (end < most - start && old.at(-1 - end) === now.at(-1 - end)) end += 1
  const from = Math.max(start - around, 0)
  const behind = old.slice(old.length - end, old.length - end + around)
  const [gone, come] = [old.slice(start, old.length - end), now.slice(start, now.length - end)]
  if (gone.length === 0 && come.length === 0) return null
  const same = start - from + behind.length
  const head = `@@ -${place(from, gone.length + same)} +${place(from, come.length + same)} @@`
  const lines = [
    ...old.slice(from, start).map((line) => ` ${line}`),
    ...gone.map((line) => `-${line}`),
    ...come.map((line) => `+${line}`),
    ...behind.map((line) => ` ${line}`),
  ]
  return `${[head, ...lines].join('\n')}\n`
}

/** A last line without an end counts like one with it. */
function linesOf(text: string): string[] {
  if (text === '') return []
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
}

/** Lines are counted from one; none stand behind the line that is named. */
function place(from: number, count: number): string {
  return `${count === 0 ? from : from + 1},${count}`
}
