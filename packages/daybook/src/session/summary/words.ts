// The words of a plain summary in the languages that sessions are answered in.

import type { NoteType } from '../../schema/states.ts'
import type { Language } from './language.ts'

export interface SummaryWords {
  readonly figures: (messages: number, runs: number, tokens: number, agent: string) => string
  readonly points: string
  readonly decisions: string
  readonly open: string
  readonly question: string
  readonly notes: string
  readonly files: string
  readonly last: string
  readonly more: string
  readonly types: Readonly<Record<NoteType, string>>
  /** How a sentence says that it matters. */
  readonly cue: RegExp
}

export const summaryWords: Readonly<Record<Language, SummaryWords>> = {
  en: {
    figures: (messages, runs, tokens, agent) => `${messages} messages, ${runs} runs, ${tokens} tokens; agent ${agent}`,
    points: 'Key points',
    decisions: 'Decisions',
    open: 'Open ends',
    question: 'question',
    notes: 'Notes',
    files: 'Files',
    last: 'last',
    more: '… and others before',
    types: {
      decision: 'decision',
      problem: 'problem',
      insight: 'insight',
      idea: 'idea',
      todo: 'todo',
      instruction: 'instruction',
    },
    cue: /\b(?:important|must|goal|problem|cause|because|result|finally|fixed|done|works|failed|need|conclusion|plan)\b/i,
  },
  ru: {
    figures: (messages, runs, tokens, agent) =>
      `сообщений: ${messages}, запусков: ${runs}, токенов: ${tokens}; агент ${agent}`,
    points: 'Главное',
    decisions: 'Решения',
    open: 'Открытые вопросы',
    question: 'вопрос',
    notes: 'Заметки',
    files: 'Файлы',
    last: 'последнее',
    more: '… и другие до них',
    types: {
      decision: 'решение',
      problem: 'проблема',
      insight: 'вывод',
      idea: 'идея',
      todo: 'сделать',
      instruction: 'указание',
    },
    cue: /важно|нужно|надо|цель|проблем|причин|потому|итог|результат|готово|исправ|работает|ошибк|план|вывод/i,
  },
  zh: {
    figures: (messages, runs, tokens, agent) =>
      `${messages} 条消息，${runs} 次运行，${tokens} 个词元；当前代理 ${agent}`,
    points: '要点',
    decisions: '决定',
    open: '未决事项',
    question: '问题',
    notes: '笔记',
    files: '文件',
    last: '最后',
    more: '……以及更早的其他文件',
    types: { decision: '决定', problem: '问题', insight: '发现', idea: '想法', todo: '待办', instruction: '指示' },
    cue: /重要|必须|需要|目标|问题|原因|因为|结果|完成|修复|成功|失败|计划|结论/,
  },
}
