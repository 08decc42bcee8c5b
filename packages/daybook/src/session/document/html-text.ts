// Text as HTML: everything escaped; of Markdown only fences, inline code and bold are shown, the rest stands as typed.

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** For texts and for attributes in quotes. What no page may hold is shown as a replacement character. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (one) => escapes[one] ?? one).replace(/[^\P{Cc}\t\n\r]/gu, '�')
}

/** Paragraphs and fenced code, in order. */
export function prose(text: string): string {
  const blocks: string[] = []
  let lines: string[] = []
  let fence: string | null = null
  const end = () => {
    const body = lines.join('\n')
    if (fence !== null) blocks.push(pre(body))
    else if (body.trim() !== '') blocks.push(`<p>${inlineHtml(body.replace(/^\n+|\s+$/g, ''))}</p>`)
    lines = []
  }
  for (const line of text.split('\n')) {
    const [, mark = '', info = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? []
    const opens: boolean = fence === null && mark !== '' && !(mark.startsWith('`') && info.includes('`'))
    const closes: boolean = fence !== null && mark[0] === fence[0] && mark.length >= fence.length && info.trim() === ''
    if (!opens && !closes) lines.push(line)
    else {
      end()
      fence = opens ? mark : null
    }
  }
  end()
  return blocks.join('\n')
}

export function pre(text: string, name = ''): string {
  return `<pre${name === '' ? '' : ` class="${name}"`}>${escaped(text.replace(/\n$/, ''))}</pre>`
}

/** Text between two backticks is code and has no other meaning. */
function inlineHtml(text: string): string {
  return text
    .split(/(`[^`\n]+`)/)
    .map((piece, at) =>
      at % 2 === 1
        ? `<code>${escaped(piece.slice(1, -1))}</code>`
        : escaped(piece).replace(/\*\*(\S(?:[^*\n]*\S)?)\*\*/g, '<strong>$1</strong>'),
    )
    .join('')
}

/** The rows of a diff, each with what it does. */
export function diffHtml(diff: string): string {
  const rows = diff.replace(/\n$/, '').split('\n')
  const marked = rows.map((row) => {
    const tag =
      row.startsWith('+') && !row.startsWith('+++')
        ? 'ins'
        : row.startsWith('-') && !row.startsWith('---')
          ? 'del'
          : null
    return tag === null ? escaped(row) : `<${tag}>${escaped(row)}</${tag}>`
  })
  return `<pre class="diff">${marked.join('\n')}</pre>`
}
