// Markdown as one plain line: what a title or a last line says, without the marks it was written with.

/** Marks that begin a line: heading, quote, bullet (with its box). */
const beginning = /^\s*(?:#{1,6}\s+|>\s?|[-*+]\s+(?:\[[ xX]\]\s+)?)+/gm
/** Lines that are nothing but marks: rules, fences, the ruler of a table. */
const onlyMarks =
  /^[ \t]*(?:`{3,}.*|~{3,}.*|(?:[-*_][ \t]*){3,}|\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?)?[ \t]*)$/gm
const picture = /!\[([^\]]*)\]\([^()\s]*(?:\s"[^"]*")?\)/g
const link = /\[([^\]]+)\]\([^()\s]*(?:\s"[^"]*")?\)/g
const address = /<((?:https?|mailto):[^<>\s]+)>/g
/** Pairs that stand around words; a lone star, `2 * 3`, `*.ts` and `snake_case` are no marks. */
const pairs: readonly RegExp[] = [
  /\*\*\*(?=\S)([^*]+?)(?<=\S)\*\*\*/g,
  /\*\*(?=\S)(.+?)(?<=\S)\*\*/g,
  /(?<![\p{L}\p{N}*/\\])\*(?=[\p{L}\p{N}"'“«(])([^*]+?)(?<=[\p{L}\p{N}"'”».!?)])\*(?![\p{L}\p{N}*/])/gu,
  // Names such as __init__ are left: around words there is a space between two of them.
  /(?<![\p{L}\p{N}_])__(?=\S)([^_]*\s[^_]*)(?<=\S)__(?![\p{L}\p{N}_])/gu,
  /(?<![\p{L}\p{N}_/.\\])_(?=[\p{L}\p{N}"'“«(])([^_]+?)(?<=[\p{L}\p{N}"'”».!?)])_(?![\p{L}\p{N}_/.(])/gu,
  /~~(?=\S)(.+?)(?<=\S)~~/g,
]
const escaped = /\\([\\`*_{}[\]()#+\-.!~|>])/g
const code = /(`+)(?!`)(.+?)(?<!`)\1(?!`)/g

/** Stands for a piece of code while the marks around it are looked for. */
const place = /\uE000(\d+)\uE000/g

/** Never empty where the text is not: what consists of marks alone stays as it is. */
export function plainLine(text: string): string {
  const pieces: string[] = []
  const bare = text
    .replace(onlyMarks, '')
    .replace(beginning, '')
    .replace(code, (_, _ticks, inner: string) => `\uE000${pieces.push(inner) - 1}\uE000`)
  const plain = wordsOf(bare).replace(place, (whole, at: string) => pieces[Number(at)] ?? whole)
  return oneLine(plain) || oneLine(text)
}

/** Line by line, as {@link plainLine}: what is code keeps its lines and spaces. */
export function plainText(text: string): string {
  let fenced = false
  const lines: string[] = []
  for (const line of text.split('\n')) {
    const fence = /^\s*(?:`{3,}|~{3,})/.test(line)
    if (fence) fenced = !fenced
    else lines.push(fenced || line.trim() === '' ? line.trimEnd() : proseOf(line))
  }
  return lines.join('\n').trim()
}

/** A point stays a point; what is set in stays set in. */
function proseOf(line: string): string {
  const [, space = '', point] = /^(\s*)([-*+]\s+)?/.exec(line) ?? []
  return `${space}${point === undefined ? '' : '• '}${plainLine(line)}`
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function wordsOf(text: string): string {
  let words = text.replace(picture, '$1').replace(link, '$1').replace(address, '$1')
  for (const pair of pairs) words = words.replace(pair, '$1')
  return words.replace(escaped, '$1')
}
