// Sessions to look at, and where their entries stand in the window.

import type { Page } from 'playwright-core'
import type { Client } from '../../daybook/src/client/client.ts'

/** So many messages by turns, 512 in an append; entry 1 is the opening. */
export async function talk(client: Client, session: string, count: number): Promise<void> {
  const one = (at: number) => ({
    kind: 'message' as const,
    data:
      at % 2 === 0
        ? { role: 'user', content: `Question ${at}: what about part ${at}?` }
        : {
            role: 'assistant',
            content: `Answer ${at}. ${'It is as it was said before. '.repeat(at % 7)}`,
            agent: 'coder',
          },
  })
  const { seq } = await client.create({ session_id: session, name: `Talk of ${count}` })
  for (let from = seq; from < count; from += 512) {
    const entries = Array.from({ length: Math.min(512, count - from) }, (_, at) => one(from + at + 1))
    await client.session(session).append(entries)
  }
}

/**
 * Pixels from the top of the window to the row of an entry; null where it is not drawn. As it is painted: what moves within a
 * frame and is put back in it nobody sees.
 */
export function placeOf(page: Page, seq: number): Promise<number | null> {
  return page.evaluate(`new Promise((resolve) => requestAnimationFrame(() => {
    // Made now, it is told behind those of the page.
    const painted = new ResizeObserver(() => {
      painted.disconnect()
      const row = [...document.querySelectorAll('[data-row]')]
        .find(({ dataset: { from, to } }) => Number(from) <= ${seq} && ${seq} <= Number(to))
      resolve(row?.getBoundingClientRect().top ?? null)
    })
    painted.observe(document.body)
  }))`)
}

export function row(seq: number): string {
  return `[data-from="${seq}"]`
}

export function nodes(page: Page): Promise<number> {
  return page.evaluate(`document.querySelectorAll('*').length`)
}

/** Megabytes of the page's own heap, after collecting what nobody holds. */
export async function heap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize / 1e6
}

/** Until something is so, looked at again and again. */
export async function until(what: () => Promise<boolean> | boolean, most = 60_000): Promise<void> {
  const end = performance.now() + most
  while (!(await what())) {
    if (performance.now() > end) throw new Error(`not within ${most} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A session with an entry of each look. */
export async function everyKind(client: Client, id: string): Promise<void> {
  await client.create({ session_id: id, name: 'All kinds' })
  const diff = `@@ -1,2 +1,60 @@\n same\n-old\n${Array.from({ length: 60 }, (_, at) => `+new ${at}`).join('\n')}\n`
  const call = (n: number) => ({ type: 'call', call_id: `c${n}`, name: 'shell', input: { command: `run ${n}` } })
  await client.session(id).append([
    { kind: 'message', data: { role: 'user', content: 'ابدأ من فضلك' } },
    {
      kind: 'message',
      data: { role: 'assistant', content: '', parts: [{ type: 'reasoning', text: 'hm' }, call(1), call(2)] },
    },
    {
      kind: 'message',
      data: {
        role: 'tool',
        content: '',
        parts: [{ type: 'result', call_id: 'c1', output: '\x1b[33mx\x1b[0m\n'.repeat(20) }],
      },
    },
    {
      kind: 'message',
      data: {
        role: 'assistant',
        content: '# A\n\n- [b](https://c.d)\n\n```\nwide '.concat('x'.repeat(300), '\n```\n\n|a|b|\n|-|-|\n|1|2|'),
      },
    },
    {
      kind: 'message',
      data: {
        role: 'assistant',
        content: '',
        parts: [{ type: 'edit', path: 'a/b.ts', operation: 'update', added: 60, removed: 1, diff }],
      },
    },
    { kind: 'note', data: { type: 'decision', text: 'So it is' } },
    { kind: 'pin', data: { path: 'a/b.ts', on: true } },
    { kind: 'state.changed', data: { scope: 'session', patch: { a: 1 } } },
  ])
  await client.session(id).handoff('reviewer', 'a second look')
  await client.session(id).summarise('All of it, short')
  await client.session(id).message({ role: 'assistant', content: 'It is done.' })
}
