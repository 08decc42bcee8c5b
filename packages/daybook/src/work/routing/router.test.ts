// How often free text finds its skill, and how seldom text that asks for none does.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { worked } from '../../cases.fixture.ts'
import { type Accuracy, accuracy, catalog, given, type Judged, own } from './accuracy.fixture.ts'
import type { Routable } from './contract.ts'
import { router } from './router.ts'

const all = [...catalog, ...own.skills]

function judge(t: TestContext, skills: readonly Routable[], queries: readonly Judged[], least: number): Accuracy {
  const result = accuracy(router(skills), queries)
  t.diagnostic(`${result.hits} of ${queries.length} found their skill (${(100 * result.share).toFixed(1)} %)`)
  for (const miss of result.misses) t.diagnostic(miss)
  assert.ok(result.share >= least, result.misses.join('\n'))
  return result
}

/** Skills that share verbs, numbers and form with real ones; their nouns are made up, as those of other trades seem. */
function noise(count: number): Routable[] {
  const verbs = ['Get', 'Search', 'Calculate', 'Check', 'Build', 'Track', 'Convert', 'Analyze', 'Generate', 'Summarize']
  const syllables = ['bra', 'kel', 'mo', 'tin', 'vor', 'zu', 'pla', 'ner', 'gi', 'dos', 'ful']
  const noun = (seed: number): string =>
    [seed, seed * 7 + 3, seed * 13 + 5].map((at) => syllables[at % syllables.length]).join('')
  return Array.from({ length: count }, (_, at) => ({
    id: `noise${at}/${(verbs[at % verbs.length] ?? '').toLowerCase()}_${noun(at)}`,
    name: `${verbs[at % verbs.length]} ${noun(at)} ${at}`,
    description: `${verbs[at % verbs.length]} the ${noun(at)} and ${noun(at + 1)} of department ${at}.`,
    tags: [noun(at), noun(at + 2), 'data', `${at}`],
  }))
}

test('at least 95 % of the given queries find their skill', (t) => {
  judge(t, catalog, given, 0.95)
})

test('at least 90 % of queries in Russian and Chinese find skills in these languages', (t) => {
  judge(t, own.skills, own.queries, 0.9)
})

test('at least 90 % of queries in Russian and Chinese find skills that are described in English', (t) => {
  judge(t, all, own.across, 0.9)
})

test('at least 90 % of queries in other words than those given find their skill', (t) => {
  judge(t, catalog, own.paraphrases, 0.9)
})

test('at least 90 % of misspelled and inflected queries find their skill', (t) => {
  judge(t, all, own.spelling, 0.9)
})

test('two catalogues together do not disturb each other', (t) => {
  judge(t, all, [...given, ...own.queries], 0.93)
})

test('at most one of the unrelated texts is given to a skill', (t) => {
  for (const skills of [catalog, own.skills, all]) {
    const { route } = router(skills)
    const accepted = own.unrelated.filter((text) => route(text).skill !== null)
    t.diagnostic(`${accepted.length} of ${own.unrelated.length} accepted: ${accepted.join(' | ')}`)
    assert.ok(accepted.length <= 1, accepted.join('\n'))
  }
})

test('of texts that share a telling word with a skill and ask for something else, at most one in five is accepted', (t) => {
  const { route } = router(catalog)
  const accepted = own.lookalikes.filter((text) => route(text).skill !== null)
  t.diagnostic(`${accepted.length} of ${own.lookalikes.length} accepted: ${accepted.join(' | ')}`)
  assert.ok(accepted.length <= own.lookalikes.length / 5, accepted.join('\n'))
})

test('200 skills of noise cost at most one hit', (t) => {
  const queries = [...given, ...own.queries, ...own.across]
  const quiet = judge(t, all, queries, 0.9)
  const loud = judge(t, [...all, ...noise(200)], queries, 0.9)
  assert.ok(loud.hits >= quiet.hits - 1, loud.misses.join('\n'))
})

test('200 skills of noise accept no more of the unrelated texts', () => {
  const { route } = router([...all, ...noise(200)])
  assert.ok(own.unrelated.filter((text) => route(text).skill !== null).length <= 1)
})

test('a query among 1,000 skills is answered in less than 2 ms', (t) => {
  const { route } = router([...all, ...noise(1000 - all.length)])
  const queries = [...given, ...own.queries, ...own.across, ...own.spelling].map(({ query }) => query)
  for (const query of queries) route(query)
  const rounds = Array.from({ length: 9 }, () => {
    const milliseconds = worked()
    for (const query of queries) route(query)
    return milliseconds() / queries.length
  }).sort((one, other) => one - other)
  const least = rounds[0] ?? Number.POSITIVE_INFINITY
  t.diagnostic(`${least.toFixed(3)} ms a query at best, ${rounds[4]?.toFixed(3)} ms in the median round`)
  assert.ok(least < 2)
})
