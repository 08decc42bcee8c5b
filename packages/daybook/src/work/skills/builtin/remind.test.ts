// Tests of `remind`: the moments that texts name, and the wait until then.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { fails } from '../../../session/testing.fixture.ts'
import { asked, stage } from './builtin.fixture.ts'
import { remind } from './remind.ts'

/** Moments as clocks in Moscow show them; the present is Saturday 2026-11-21T13:00. */
const texts: readonly (readonly [said: string, at: string, text: string])[] = [
  ['remind me in 20 minutes to stretch', '2026-11-21T13:20', 'stretch'],
  ['remind me in an hour to eat', '2026-11-21T14:00', 'eat'],
  ['remind me in half an hour to call', '2026-11-21T13:30', 'call'],
  ['remind me in 1 hour and 30 minutes to check the oven', '2026-11-21T14:30', 'check the oven'],
  ['tomorrow at 9 remind me to call Anna', '2026-11-22T09:00', 'call Anna'],
  ['remind me tomorrow at 9:30 pm about the report', '2026-11-22T21:30', 'the report'],
  ['remind me at 5pm to leave', '2026-11-21T17:00', 'leave'],
  ['remind me at noon to have lunch', '2026-11-22T12:00', 'have lunch'],
  ['remind me to pay rent on 1 December', '2026-12-01T09:00', 'pay rent'],
  ['remind me next monday to send the invoice', '2026-11-23T09:00', 'send the invoice'],
  ['remind me on 2026-12-24T18:00:00+01:00 to go home', '2026-12-24T20:00', 'go home'],
  ['set a reminder for tomorrow morning: water plants', '2026-11-22T09:00', 'water plants'],
  ['напомни через 2 часа позвонить маме', '2026-11-21T15:00', 'позвонить маме'],
  ['через час напомни выключить духовку', '2026-11-21T14:00', 'выключить духовку'],
  ['напомни через полчаса про чай', '2026-11-21T13:30', 'чай'],
  ['напомни мне завтра в 9:30 проверить сборку', '2026-11-22T09:30', 'проверить сборку'],
  ['напомни 25 декабря в 10 утра поздравить Олю', '2026-12-25T10:00', 'поздравить Олю'],
  ['напомни в пятницу вечером полить цветы', '2026-11-27T19:00', 'полить цветы'],
  ['напомни через 3 дня в 18:00 про отчёт', '2026-11-24T18:00', 'отчёт'],
  ['20分钟后提醒我喝水', '2026-11-21T13:20', '喝水'],
  ['半小时后提醒我关火', '2026-11-21T13:30', '关火'],
  ['明天早上9点提醒我开会', '2026-11-22T09:00', '开会'],
  ['下午3点半提醒我打电话', '2026-11-21T15:30', '打电话'],
  ['下周一上午10点提醒我交报告', '2026-11-23T10:00', '交报告'],
  ['今晚8点提醒我看球', '2026-11-21T20:00', '看球'],
]

test('moments are understood in three languages, in the time zone of the run', () => {
  for (const [said, at, text] of texts) {
    const found = asked(remind, said)
    const local = found && Temporal.Instant.from(found.at).toZonedDateTimeISO('Europe/Moscow').toPlainDateTime()
    deepStrictEqual([local?.toString({ smallestUnit: 'minute' }), found?.text], [at, text], said)
  }
})

test('a text without a moment or without anything to remind of asks for nothing; a past moment is refused', async () => {
  for (const said of ['remind me to eat', 'remind me in 5 minutes', 'hello', '提醒我'])
    strictEqual(asked(remind, said), null, said)
  strictEqual((await fails(() => asked(remind, 'remind me on 2026-11-21T09:00:00Z to x'), 'invalid')).field, 'at')
})

test('the run waits until the moment and then gives the reminder', async () => {
  await using on = await stage()
  const at = '2026-11-21T14:00:00+03:00'
  deepStrictEqual(await remind.run({ at, text: 'eat' }, on.context()), { at, text: 'eat' })
  deepStrictEqual(on.waits, [Date.parse(at)])
  const error = await fails(() => remind.run({ at: 'soon', text: 'eat' }, on.context()), 'invalid')
  strictEqual(error.field, 'at')
})
