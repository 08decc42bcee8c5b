// Who follows late over real sockets: the part so far, then the rest, with no piece missing and none twice.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Delta } from '../../schema/deltas.ts'
import { gate } from '../../session/testing.fixture.ts'
import type { SkillDefinition } from '../../work/skills/contract.ts'
import { skill } from '../../work/testing.fixture.ts'
import { prefix, storeNames, testServer } from '../server.fixture.ts'
import { Reader } from './stream.fixture.ts'

const pieces = 60
/** The skill says so many pieces, then waits until it is let go further. */
let allowed = 0
let more = gate()

function allow(count: number): void {
  allowed = count
  more.resolve()
  more = gate()
}

const skills: readonly SkillDefinition[] = [
  skill('talk', async (_input, { delta }) => {
    for (let n = 0; n < pieces; n += 1) {
      while (n >= allowed) await more.promise
      delta(`<${n}>`)
    }
    return 'the whole answer'
  }),
]

/** The text as a reader knows it: pieces are added, what is told as so far takes the place of all before. */
class Known {
  text = ''
  next = 0
  readonly faults: string[] = []

  take(delta: Delta): void {
    if ('so_far' in delta) {
      this.text = delta.so_far.map((part) => (part.type === 'text' ? part.text : '')).join('')
      this.next = delta.n
    } else if ('text' in delta) {
      if (delta.n !== this.next) this.faults.push(`${delta.n} came in place of ${this.next}`)
      this.text += delta.text
      this.next = (delta.n ?? 0) + 1
    }
  }

  static of(reader: Reader): Known {
    const known = new Known()
    for (const { name, data } of reader.events) if (name === 'delta') known.take(JSON.parse(data ?? '') as Delta)
    return known
  }
}

const upTo = (count: number): string => Array.from({ length: count }, (_, n) => `<${n}>`).join('')

for (const name of storeNames) {
  describe(`who follows late on ${name}`, () => {
    for (const way of ['session', 'run'] as const) {
      it(`over the stream of a ${way}, gets the part so far and then each piece once`, async () => {
        allowed = 0
        await using s = await testServer(name, { skills })
        const url = await s.server.listen({ port: 0, host: '127.0.0.1' })
        const { run_id } = (await s.call('POST /sessions/a/runs', { skill: 'talk' })).json
        const path =
          way === 'run' ? `${prefix}/runs/${run_id}/stream` : `${prefix}/sessions/a/entries?deltas=true&after=0`
        const readers: Reader[] = []
        for (const count of [0, 1, 7, 30, pieces - 1]) {
          allow(count)
          const reader = new Reader(url, path)
          readers.push(reader)
          await reader.until(() => Known.of(reader).text === upTo(count))
        }
        await Promise.all(readers.map((reader) => reader.until(() => Known.of(reader).text === upTo(pieces - 1))))
        for (const reader of readers) assert.deepEqual(Known.of(reader).faults, [])
        allow(pieces)
        if (way === 'run') await Promise.all(readers.map((reader) => reader.ended()))
        else {
          const last = `${(await s.call(`GET /runs/${run_id}?wait=10000`)).json.status}`
          assert.equal(last, 'done')
          await Promise.all(
            readers.map((reader) =>
              reader.until(() => reader.events.some(({ data }) => data?.includes('run.finished'))),
            ),
          )
        }
        // Behind its end nothing of it is unfinished.
        const late = new Reader(url, path)
        await late.until(() => late.events.some(({ data }) => data?.includes('run.finished')))
        assert.equal(Known.of(late).text, '')
        for (const reader of [...readers, late]) reader.leave()
      })
    }

    it('and is slow, gets the part so far in the place of what it missed', async () => {
      allowed = 0
      await using s = await testServer(name, { skills, heartbeat: 20 })
      const url = await s.server.listen({ port: 0, host: '127.0.0.1' })
      await s.call('POST /sessions/a/runs', { skill: 'talk' })
      const reader = new Reader(url, `${prefix}/sessions/a/entries?deltas=true&after=0`)
      await reader.until(() => reader.ids.length >= 4)
      reader.socket.pause()
      const long = 'x'.repeat(200_000)
      for (let n = 0; n < 40; n += 1) {
        await s.call('POST /sessions/a/messages', { role: 'user', content: long })
        allow(n)
      }
      reader.socket.resume()
      await reader.until(() => Known.of(reader).text === upTo(39))
      allow(pieces)
      await reader.until(() => reader.events.some(({ data }) => data?.includes('run.finished')))
      assert.deepEqual(Known.of(reader).faults, [])
      reader.leave()
    })
  })
}
