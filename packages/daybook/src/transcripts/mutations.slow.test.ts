// Records that changed in two hundred ways: nothing crashes, and every record is accounted for.
import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyCharacters, cases } from '../cases.fixture.ts'
import { adopting, adoptions, type Ending, homeOf, rawLines, temporaryFolder } from './adopting.fixture.ts'
import { claude } from './claude.ts'
import { codex } from './codex.ts'
import type { TranscriptReader } from './contract.ts'
import { gemini } from './gemini.ts'
import { qwen } from './qwen.ts'

const readers: readonly [TranscriptReader, string][] = [
  [codex, 'codex-0.169.0'],
  [codex, 'codex-0.58.0'],
  [gemini, 'gemini-0.61.0'],
  [qwen, 'qwen-0.24.4'],
  [claude, 'described/claude'],
]
const each = 200 / readers.length

type Change = (line: string) => string

/** One member of the record, wherever it stands, becomes something else, or goes. */
function changed(line: string, pick: number, value: unknown, drop: boolean): string {
  const record = JSON.parse(line)
  const places: [Record<string, unknown>, string][] = []
  const visit = (at: unknown): void => {
    if (typeof at !== 'object' || at === null) return
    for (const key of Object.keys(at)) {
      places.push([at as Record<string, unknown>, key])
      visit((at as Record<string, unknown>)[key])
    }
  }
  visit(record)
  const [owner, key] = places[pick % places.length] ?? [record, 'type']
  if (drop) delete owner[key]
  else owner[key] = value
  return JSON.stringify(record)
}

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.nat(), fc.jsonValue({ maxDepth: 3 }), fc.boolean()).map(
      ([pick, value, drop]): Change =>
        (line) =>
          changed(line, pick, value, drop),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat().map(
      (at): Change =>
        (line) =>
          line.slice(0, at % line.length),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.json().map(
      (text): Change =>
        () =>
          text,
    ),
  },
  { weight: 1, arbitrary: fc.constant<Change>((line) => `${line}\n${line}`) },
  {
    weight: 1,
    arbitrary: anyCharacters().map(
      (text): Change =>
        () =>
          text.replaceAll('\n', ' '),
    ),
  },
)

for (const [reader, recording] of readers) {
  test(`${reader.title}, ${recording}: no changed record crashes a reader or goes missing`, async (t) => {
    const home = await homeOf(t, recording)
    const [found] = await Array.fromAsync(reader.find({ home }))
    assert.ok(found)
    const lines = (await readFile(found.path, 'utf8')).trimEnd().split('\n')
    const path = found.path.slice(home.length + 1)
    const changes = fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 6 })
    const property = fc.asyncProperty(changes, async (made) => {
      await using stack = new AsyncDisposableStack()
      const ending: Ending = { after: (tidy) => stack.defer(async () => void (await tidy())) }
      const now = [...lines]
      // The first line of Gemini CLI is what its session is known by.
      const first = reader.agent === 'gemini' ? 1 : 0
      for (const [at, make] of made) {
        const index = first + (at % (now.length - first))
        const line = now[index] ?? ''
        now[index] = isObject(line) ? make(line) : line
      }
      const text = `${now.join('\n')}\n`
      const target = join(await temporaryFolder(ending), 'home')
      await mkdir(dirname(join(target, path)), { recursive: true })
      await writeFile(join(target, path), text)
      const world = await adopting(ending, reader, target)
      const report = await world.adopt()
      assert.deepEqual(report.problems, [])
      assert.deepEqual(report.partial, [])
      const session = await world.only()
      const expected = text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '')
      assert.deepEqual(
        await rawLines(world.sessions, session),
        expected.map((line) => line.replace(/\r+/g, ' ')),
      )
      const [adopted] = await adoptions(session)
      assert.equal(adopted?.records, expected.length)
      assert.equal(adopted?.to, Buffer.byteLength(text))
      assert.equal((await world.adopt()).unchanged, 1)
    })
    await fc.assert(property, cases(each))
  })
}

function isObject(line: string): boolean {
  try {
    const value = JSON.parse(line)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}
