// The skill `summarise`: writes a plain summary of the session, made without a model.

import { DaybookError } from '../../../schema/errors.ts'
import { defineSkill } from '../define.ts'

export const summarise = defineSkill<
  Readonly<Record<string, never>>,
  { readonly text: string; readonly coversSeq: number }
>({
  id: 'summarise',
  name: 'Summarise',
  description:
    'Summarises this session without a model: key points, decisions, open questions and todos, files touched.',
  tags: [
    ...[
      'summary',
      'summarise',
      'summarize',
      'recap',
      'sum up',
      'overview',
      'key points',
      'what was decided',
      'where are we',
    ],
    ...['итоги', 'подведи итоги', 'резюме', 'сводка', 'кратко', 'обобщи', 'перескажи', 'что решили', 'что сделано'],
    ...['总结', '摘要', '概括', '归纳', '回顾', '要点', '小结'],
  ],
  input: { type: 'object', properties: {}, additionalProperties: false },
  output: {
    type: 'object',
    properties: { text: { type: 'string' }, coversSeq: { type: 'integer', minimum: 1 } },
    required: ['text', 'coversSeq'],
    additionalProperties: false,
  },
  idempotent: true,
  // It is about the session as it is: a text can ask for it, and has nothing to add.
  fromText: () => ({}),
  run: async (_, { session, key, progress }) => {
    progress('reading the session')
    const { first, last } = await session.summarise(undefined, { key })
    for (const entry of await session.read({ after: first - 1, until: last })) {
      // A repeat gets what the first attempt wrote.
      if (entry.kind === 'summary' && entry.data) return { text: entry.data.text, coversSeq: entry.data.covers_seq }
    }
    throw new DaybookError('gone', 'the summary of this call was erased')
  },
})
