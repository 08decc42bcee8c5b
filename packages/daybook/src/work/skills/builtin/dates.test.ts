// Tests of `dates`: answers in three languages, other time zones, and additions that lead back.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases } from '../../../cases.fixture.ts'
import { fails } from '../../../session/testing.fixture.ts'
import { asked, present, stage } from './builtin.fixture.ts'
import { dates } from './dates.ts'

async function answer(text: string) {
  await using on = await stage()
  const input = asked(dates, text)
  return input && dates.run(input, on.context())
}

const questions: readonly (readonly [text: string, about: Readonly<Record<string, string | number>>])[] = [
  ['what day is it today?', { weekday: 6 }],
  ['what time is it in Tokyo?', { date: '2026-11-21T19:00:00+09:00', timeZone: 'Asia/Tokyo' }],
  ['который час в Нью-Йорке?', { date: '2026-11-21T05:00:00-05:00' }],
  ['北京现在几点', { date: '2026-11-21T18:00:00+08:00' }],
  ['time in America/Chicago', { date: '2026-11-21T04:00:00-06:00' }],
  ['сколько дней до 31 декабря', { days: 40 }],
  ['how many days between 2026-01-01 and 2026-03-01', { days: 59 }],
  ['离12月25日还有多少天', { days: 34 }],
  ['what day of the week is 2027-01-01?', { weekday: 5 }],
  ['какой день недели будет 1 мая?', { weekday: 6, date: '2027-05-01T00:00:00+03:00' }],
  ['今天星期几', { weekday: 6 }],
  ['what week number is it?', { week: 47 }],
  ['今天是第几周', { week: 47 }],
  ['what date is 3 weeks after 2026-12-01', { date: '2026-12-22T00:00:00+03:00' }],
  ['30 days ago', { date: '2026-10-22T13:00:00+03:00' }],
  ['какая дата через 100 дней?', { date: '2027-03-01T13:00:00+03:00' }],
  ['100天后是几号', { date: '2027-03-01T13:00:00+03:00' }],
]

test('questions about dates are answered in three languages', async () => {
  for (const [text, about] of questions) {
    const given = await answer(text)
    for (const [name, value] of Object.entries(about)) strictEqual(given?.[name], value, `${text}: ${name}`)
  }
  for (const text of ['tell me a joke', '2 + 2', '']) strictEqual(await answer(text), null, text)
})

test('an answer is said in the language of the question', async () => {
  strictEqual((await answer('what day of the week is 2027-01-01?'))?.text, 'Friday, 1 January 2027')
  strictEqual((await answer('какой день недели будет 1 мая?'))?.text, 'суббота, 1 мая 2027 г.')
  strictEqual((await answer('今天星期几'))?.text, '2026年11月21日星期六')
})

test('what is no date, zone or duration is refused with its field', async () => {
  await using on = await stage()
  const rest = { language: 'en' } as const
  for (const [input, field] of [
    [{ operation: 'weekday', date: '2026-02-30' }, 'date'],
    [{ operation: 'now', timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ operation: 'difference' }, 'to'],
    [{ operation: 'add', duration: '3 days' }, 'duration'],
    [{ operation: 'add', duration: 'P999999Y' }, 'duration'],
  ] as const) {
    const error = await fails(() => dates.run({ ...input, ...rest }, on.context()), 'invalid')
    strictEqual(error.field, field)
  }
})

test('days added are the days between, and taken away again lead back', async () => {
  await using on = await stage()
  const run = (input: { readonly [name: string]: string }) =>
    dates.run({ language: 'en', operation: 'add', ...input } as Parameters<typeof dates.run>[0], on.context())
  const day = fc.date({ min: new Date('1980-01-01'), max: new Date('2080-01-01'), noInvalidDate: true })
  await fc.assert(
    fc.asyncProperty(day, fc.integer({ min: 0, max: 20_000 }), async (at, days) => {
      const date = at.toISOString().slice(0, 10)
      const zone = { timeZone: 'UTC' }
      const sum = await run({ date, duration: `P${days}D`, ...zone })
      const back = await run({ date: sum.date.slice(0, 10), duration: `-P${days}D`, ...zone })
      const between = await run({ operation: 'difference', date, to: sum.date.slice(0, 10), ...zone })
      deepStrictEqual([back.date.slice(0, 10), between.days], [date, days])
    }),
    cases(100),
  )
  strictEqual(
    (await run({ operation: 'now' })).date,
    new Date(present.now + 3 * 3_600_000).toISOString().replace('.000Z', '+03:00'),
  )
})
