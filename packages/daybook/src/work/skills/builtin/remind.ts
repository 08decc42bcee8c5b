// The skill `remind`: waits until a moment, also over restarts, and then says what it was asked to.

import { DaybookError } from '../../../schema/errors.ts'
import type { TextContext } from '../contract.ts'
import { defineSkill } from '../define.ts'
import { momentIn } from './times/moments.ts'

const longestText = 8192
const asking =
  /^(?:please\s+|пожалуйста,?\s+|请|帮我|麻烦)*(?:remind(?:er)?(?:\s+(?:me|us))?|(?:set|create|add)\s+(?:an?\s+)?(?:reminder|alarm)(?:\s+for\s+me)?|напомни(?:те|ть)?(?:\s+(?:мне|нам))?|(?:поставь|создай|добавь)(?:те)?\s+напоминание|提醒(?:一下)?(?:我们?|一下)?|设置?(?:一?个)?(?:提醒|闹钟))/iu
const joint =
  /^(?:[\s,，:：。.;—–-]|(?:to|that|about|for|о том,?|что|чтобы|об?|про|我|去|要)(?![\p{Script=Latin}\p{Script=Cyrillic}]))+/iu

interface Reminder {
  readonly [name: string]: string
  readonly at: string
  readonly text: string
}

export const remind = defineSkill<Reminder, { readonly text: string; readonly at: string }>({
  id: 'remind',
  name: 'Remind',
  description:
    'Reminds you of something at a moment or after a while: the run waits until then and gives the reminder.',
  tags: [
    ...['remind', 'reminder', 'remind me', 'alarm', 'timer', 'later', 'wake', 'in minutes', 'tomorrow at'],
    ...['напомни', 'напоминание', 'напомнить', 'будильник', 'таймер', 'через час', 'завтра в'],
    ...['提醒', '提醒我', '闹钟', '定时', '分钟后', '明天', '备忘'],
  ],
  input: {
    type: 'object',
    properties: {
      at: { type: 'string', maxLength: 64, description: 'ISO 8601 with Z or an offset.' },
      text: { type: 'string', minLength: 1, maxLength: longestText },
    },
    required: ['at', 'text'],
    additionalProperties: false,
  },
  output: {
    type: 'object',
    properties: {
      text: { type: 'string' },
      at: { type: 'string', description: 'ISO 8601, the moment it was meant for.' },
    },
    required: ['text', 'at'],
    additionalProperties: false,
  },
  durable: true,
  claims: true,
  fromText: reminderIn,
  // A moment that has gone by, as behind a long queue, is reminded of at once.
  run: async ({ at, text }, context) => {
    await context.wait(momentOf(at), 'remind')
    return { text, at }
  },
})

function momentOf(at: string): number {
  try {
    return Temporal.Instant.from(at).epochMilliseconds
  } catch (cause) {
    throw new DaybookError('invalid', `not a moment: ${at}`, {
      field: 'at',
      hint: 'ISO 8601 with Z or an offset, for example 2026-12-24T18:00:00+03:00.',
      cause,
    })
  }
}

/**
 * @throws DaybookError `invalid`, field `at`, when the moment has gone by
 */
function reminderIn(said: string, { now, timeZone }: TextContext): Reminder | null {
  const present = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone)
  const found = momentIn(said, present)
  if (!found) return null
  const bare = found.rest
    .trim()
    .replace(joint, '')
    .replace(asking, '')
    .replace(joint, '')
    .replace(/[\s,，.。]+$/u, '')
  // Words may stand in any order: 明天早上9点提醒我开会.
  const text = bare.replace(/^提醒我?/u, '').replace(joint, '')
  if (text === '') return null
  const at = found.at.toInstant()
  if (at.epochMilliseconds <= now) {
    throw new DaybookError('invalid', `${at.toString()} has gone by`, { field: 'at' })
  }
  return { at: at.toString(), text }
}
