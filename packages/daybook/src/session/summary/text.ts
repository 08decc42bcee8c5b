// Makes the plain summary of a session from its log, without a model and in bounded memory: the same text for the same log.

import { setImmediate } from 'node:timers/promises'
import type { StoredEntry } from '../../schema/entries.ts'
import type { Head } from '../../schema/heads.ts'
import type { ScopedStore } from '../../store/store.ts'
import { dataOf } from '../decode.ts'
import { activeEntries } from '../views/active.ts'
import { Facts, type Last, speaks } from './facts.ts'
import { Best, type Candidate, weightOf } from './scores.ts'
import { clipped, isQuestion, sentencesOf } from './sentences.ts'
import { type SummaryWords, summaryWords } from './words.ts'

/** Sentences that are shown, and those that they are chosen from. */
const points = 7
const candidates = 40
/** Entries between two turns of the event loop: others are served while a long session is read. */
const atOnce = 500

/**
 * Title, figures, what was said of weight, decisions, what is open, notes, files and the last line, of the active history,
 * in the session's main language. At most about 12,000 characters. Reads the log twice.
 */
export async function summaryText(store: ScopedStore, head: Head): Promise<string> {
  const facts = new Facts()
  await walk(store, head, ['message', 'note', 'pin'], (entry) => facts.add(entry))
  const words = summaryWords[facts.language.main]
  const best = await bestSentences(store, head, facts, words)
  return textOf(head, facts, words, best)
}

async function walk(
  store: ScopedStore,
  head: Head,
  kinds: readonly ('message' | 'note' | 'pin')[],
  visit: (entry: StoredEntry) => void,
): Promise<void> {
  let count = 0
  for await (const entry of activeEntries(store, head.session, head.seq, { kinds })) {
    visit(entry)
    if (++count % atOnce === 0) await setImmediate()
  }
}

async function bestSentences(
  store: ScopedStore,
  head: Head,
  facts: Facts,
  words: SummaryWords,
): Promise<readonly Candidate[]> {
  const best = new Best(candidates)
  let message = 0
  let at = 0
  await walk(store, head, ['message'], (entry) => {
    const data = dataOf(entry, 'message')
    if (!data || !speaks(data)) return
    const place = placeWeight(message++, facts.messages)
    for (const sentence of sentencesOf(data.content)) {
      const weight = weightOf(sentence, facts.terms) * place * (words.cue.test(sentence) ? 1.25 : 1)
      const score = isQuestion(sentence) ? weight * 0.7 : weight
      if (score > 0) best.offer({ text: clipped(sentence), score, at: at++ })
    }
  })
  return best.pick(points)
}

/** The first message says what it is about, the last ones what came of it. */
function placeWeight(index: number, count: number): number {
  if (index === 0) return 1.6
  return index >= count - Math.max(2, count / 20) ? 1.2 : 1
}

function textOf(head: Head, facts: Facts, words: SummaryWords, best: readonly Candidate[]): string {
  const typed = (fact: { readonly type: keyof SummaryWords['types']; readonly text: string }) =>
    `${words.types[fact.type]}: ${fact.text}`
  const lines = [
    clipped(head.name ?? head.title ?? head.session),
    words.figures(head.messages, head.runs, head.tokens, head.currentAgent),
    ...section(
      words.points,
      best.map(({ text }) => text),
    ),
    ...section(
      counted(words.decisions, facts.decisions),
      facts.decisions.items.map((each) => (typeof each === 'string' ? each : typed(each))),
    ),
    ...section(words.open, [
      ...facts.questions.map((text) => `${words.question}: ${text}`),
      ...facts.todos.items.map((text) => `${words.types.todo}: ${text}`),
    ]),
    ...section(counted(words.notes, facts.notes), facts.notes.items.map(typed)),
    ...section(words.files, [
      ...facts.files.list.map(([path, operation]) => `${clipped(path)} (${operation})`),
      ...(facts.files.more ? [words.more] : []),
    ]),
  ]
  if (head.last) lines.push('', `${words.last}: ${head.last.by}: ${clipped(head.last.text)}`)
  return lines.join('\n')
}

function section(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : ['', title, ...items.map((item) => `- ${item}`)]
}

/** The number is told where not all are shown. */
function counted(title: string, { items, total }: Last<unknown>): string {
  return total > items.length ? `${title} (${items.length}/${total})` : title
}
