// The page of a session: self-contained, whatever is said in it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NewEntry } from '../../schema/entries.ts'
import { memoryStore } from '../../store/memory.ts'
import { openSessions } from '../sessions.ts'
import { sessionHtml } from './html.ts'
import { diffHtml, escaped, prose } from './html-text.ts'

async function pageOf(entries: readonly NewEntry[], name = 'Tokens'): Promise<string> {
  await using store = memoryStore()
  await using engine = await openSessions({ store })
  const sessions = engine.within({ tenant: 'default', subjects: ['local'] }, { actor: 'user:local', writer: 'C' })
  const session = await sessions.open({ name, agent: 'codex', branch: 'fix-auth' })
  await session.append(entries)
  return (await Array.fromAsync(sessionHtml(session, 'Europe/Berlin'))).join('')
}

const hostile = `</p></pre></title><script>alert(1)</script><img src=x onerror=alert(1)>" onload="x" 'y' &amp; \u0000`

test('what was said, thought, called, edited and noted stands in its order', async () => {
  const page = await pageOf([
    { kind: 'message', data: { role: 'user', content: 'make the token test pass' } },
    {
      kind: 'message',
      data: {
        role: 'assistant',
        agent: 'codex',
        content: 'Look:\n\n```js\nexpires(at)\n```\n\nIt is `done` and **tested**.',
        parts: [
          { type: 'reasoning', text: 'First the file.' },
          { type: 'call', call_id: 'c1', name: 'shell', input: { command: 'cat a' } },
        ],
      },
    },
    {
      kind: 'message',
      data: {
        role: 'tool',
        content: '',
        parts: [
          { type: 'result', call_id: 'c1', output: 'no such file', error: true },
          { type: 'edit', path: 'src/a.js', operation: 'update', added: 1, removed: 1, diff: '-old\n+new\n' },
        ],
      },
    },
    { kind: 'note', data: { type: 'decision', text: 'No tolerance.' } },
  ])
  const order = [
    '<h1>Tokens</h1>',
    'make the token test pass',
    '<pre>expires(at)</pre>',
    'It is <code>done</code> and <strong>tested</strong>.',
    '<summary>Thought</summary>',
    '<summary>Call shell</summary>',
    '&quot;command&quot;: &quot;cat a&quot;',
    'class="failed"',
    '<del>-old</del>\n<ins>+new</ins>',
    'Note · decision',
    '<li><code>src/a.js</code> (update, +1 −1)</li>',
  ]
  const places = order.map((each) => page.indexOf(each))
  assert.ok(!places.includes(-1), `missing: ${order[places.indexOf(-1)]}`)
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  )
})

test('nothing that is said becomes markup, and nothing is loaded from anywhere', async () => {
  const page = await pageOf(
    [
      { kind: 'message', data: { role: 'user', content: hostile, name: hostile } },
      {
        kind: 'message',
        data: {
          role: 'assistant',
          content: `\`${hostile.replace('\u0000', '')}\`\n\`\`\`${hostile}\n${hostile}`,
          agent: hostile.slice(0, 200),
          model: hostile.slice(0, 200),
          parts: [
            { type: 'text', text: hostile },
            { type: 'reasoning', text: hostile },
            { type: 'call', call_id: 'c', name: hostile.slice(0, 200), input: hostile },
            { type: 'result', call_id: 'c', output: { [hostile]: hostile } },
            { type: 'edit', path: hostile, operation: 'rename', to: hostile, diff: `+${hostile}\n-${hostile}` },
            { type: 'file', url: 'https://example.org/x.png', name: hostile },
          ],
        },
      },
      { kind: 'note', data: { type: 'idea', text: hostile } },
    ],
    hostile,
  )
  const tags = new Set([...page.matchAll(/<([a-z!/][^\s>]*)/gi)].map(([, tag]) => tag?.toLowerCase()))
  for (const tag of ['script', '/script', 'img', 'link', 'iframe', 'object', 'svg', 'a/'])
    assert.ok(!tags.has(tag), tag)
  assert.ok(!page.includes('\u0000'))
  for (const [tag] of page.matchAll(/<[a-z][^>]*>/gi)) {
    assert.doesNotMatch(tag.replace(/content="[^"]*"/, ''), / (?:on\w+|src|style|action)=/i)
    const [, href] = / href="([^"]*)"/.exec(tag) ?? []
    if (href !== undefined) assert.match(href, /^#\d+$/)
  }
  assert.doesNotMatch(page, /@import|url\(/)
  assert.match(page, /Content-Security-Policy" content="default-src 'none'/)
})

test('text is shown as typed: an open fence is code to its end, stars and backticks inside of code mean nothing', () => {
  assert.equal(prose('a\n~~~\nx < y\n```'), '<p>a</p>\n<pre>x &lt; y\n```</pre>')
  assert.equal(prose('`**a**` **b** 2 ** 3 ** 4'), '<p><code>**a**</code> <strong>b</strong> 2 ** 3 ** 4</p>')
  assert.doesNotMatch(prose('```a`b```\nnot code'), /<pre/)
  assert.equal(diffHtml('--- a\n+++ b\n-x\n+y\n'), '<pre class="diff">--- a\n+++ b\n<del>-x</del>\n<ins>+y</ins></pre>')
  assert.equal(escaped('a\tb\u0007'), 'a\tb�')
})
