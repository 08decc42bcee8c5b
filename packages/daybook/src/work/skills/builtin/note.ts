// The skill `note`: writes a line into the worklog of the session.

import { type NoteType, noteTypes } from '../../../schema/states.ts'
import { defineSkill } from '../define.ts'

/** UTF-16 units of one note. */
const longestNote = 16_384

/** How people call the types when they begin a note with one. */
const spoken: readonly (readonly [NoteType, RegExp])[] = [
  ['decision', /^(?:decision|decided|решение|решили|решено|决定|决策)/iu],
  ['problem', /^(?:problem|issue|bug|blocker|проблема|ошибка|баг|问题|故障)/iu],
  ['insight', /^(?:insight|finding|learned|observation|вывод|наблюдение|инсайт|发现|心得|洞察)/iu],
  ['idea', /^(?:idea|suggestion|идея|предложение|想法|主意|点子|建议)/iu],
  ['todo', /^(?:to-?\s?do|task|задача|сделать|дело|туду|待办(?:事项)?|任务)/iu],
  ['instruction', /^(?:instruction|rule|инструкция|указание|правило|指示|规则|说明)/iu],
]
/** What asks for a note, and is none itself. */
const asking = [
  /^(?:please\s+)?(?:(?:add|make|take|write|save|leave|record|put\s+down)\s+)?(?:an?\s+|this\s+|the\s+)?(?:new\s+)?(?:work\s?log\s+)?note(?:\s+down)?(?:\s+(?:that|this|about))?(?!\p{L})/iu,
  /^(?:please\s+)?(?:write\s+down|jot\s+down|record|log|add|save)(?:\s+(?:that|this|an?|the))?(?!\p{L})/iu,
  /^(?:пожалуйста,?\s+)?(?:запиши(?:те)?|запомни(?:те)?|зафиксируй(?:те)?|отметь(?:те)?|добавь(?:те)?|сделай(?:те)?|создай(?:те)?)(?:\s+(?:заметку|запись|новую\s+заметку))?(?:,?\s+что)?(?!\p{L})/iu,
  /^(?:новая\s+)?заметка(?!\p{L})/iu,
  /^(?:请|帮我)*(?:记下(?:来)?|记录(?:一下)?|写下|添加(?:一[条个])?(?:笔记|记录)|做(?:一[条个])?笔记|记(?:一[条个下])?笔记|笔记|备注)/u,
]
const joint = /^[\s:：,，.。;；—–-]+/u

export const note = defineSkill<
  { readonly text: string; readonly type?: NoteType },
  { readonly text: string; readonly type: NoteType; readonly seq: number }
>({
  id: 'note',
  name: 'Note',
  description:
    'Writes a note into the worklog of this session: a decision, problem, insight, idea, todo or instruction.',
  tags: [
    ...[
      'note',
      'write down',
      'worklog',
      'record',
      'log',
      'decision',
      'problem',
      'insight',
      'idea',
      'todo',
      'instruction',
    ],
    ...[
      'заметка',
      'запиши',
      'записать',
      'зафиксируй',
      'журнал',
      'решение',
      'проблема',
      'вывод',
      'идея',
      'задача',
      'указание',
    ],
    ...['笔记', '记下', '记录', '备注', '决定', '问题', '发现', '想法', '待办', '指示'],
  ],
  input: {
    type: 'object',
    properties: {
      text: { type: 'string', minLength: 1, maxLength: longestNote },
      type: { enum: [...noteTypes], description: 'Default: insight.' },
    },
    required: ['text'],
    additionalProperties: false,
  },
  output: {
    type: 'object',
    properties: { text: { type: 'string' }, type: { enum: [...noteTypes] }, seq: { type: 'integer', minimum: 1 } },
    required: ['text', 'type', 'seq'],
    additionalProperties: false,
  },
  idempotent: true,
  fromText: noteIn,
  run: async ({ text, type = 'insight' }, { session, key }) => {
    const receipt = await session.append({ kind: 'note', data: { type, text } }, { key })
    return { text: `${type}: ${text}`, type, seq: receipt.last }
  },
})

/** The text behind what asks for it; null when nothing is left. */
function noteIn(said: string): { readonly text: string; readonly type?: NoteType } | null {
  let text = said.trim()
  const request = asking.map((each) => each.exec(text)?.[0] ?? '').reduce((a, b) => (b.length > a.length ? b : a), '')
  const rest = text.slice(request.length).replace(joint, '')
  if (rest === '') return null
  text = rest
  for (const [type, pattern] of spoken) {
    const word = pattern.exec(text)?.[0]
    if (word === undefined) continue
    const behind = text.slice(word.length)
    // A type is named when a sign follows; without one the word belongs to the note.
    if (!/^\s*[:：—–-]/.test(behind)) continue
    const bare = behind.replace(joint, '')
    return bare === '' ? null : { text: bare, type }
  }
  return { text }
}
