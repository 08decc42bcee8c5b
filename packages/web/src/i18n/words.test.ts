// Words: three languages with the same keys, the same gaps, and the forms that their numbers need.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dictionary as english } from './en.ts'
import { dictionary as russian } from './ru.ts'
import { type Dictionary, languageOf, wordsOf } from './words.ts'
import { dictionary as chinese } from './zh.ts'

const all: Readonly<Record<string, Dictionary>> = { en: english, ru: russian, zh: chinese }

const gapsOf = (text: string): string => [...new Set(text.match(/\{\w+\}/g))].sort().join()
const formsOf = (text: Dictionary[string]): string[] => (typeof text === 'string' ? [text] : Object.values(text))

test('every language says everything, and fills the same gaps', () => {
  for (const [language, dictionary] of Object.entries(all)) {
    assert.deepEqual(Object.keys(dictionary).sort(), Object.keys(english).sort(), language)
    for (const [key, text] of Object.entries(english)) {
      const gaps = new Set(formsOf(text).map(gapsOf))
      for (const form of formsOf(dictionary[key] ?? '')) {
        assert.notEqual(form.trim(), '', `${language} ${key}`)
        if (language !== 'en' && gaps.size === 1) assert.equal(gapsOf(form), [...gaps][0], `${language} ${key}`)
      }
    }
  }
})

test('every text that counts has the forms that its language needs', () => {
  for (const [language, dictionary] of Object.entries(all)) {
    const rules = new Intl.PluralRules(language)
    const needed = new Set(Array.from({ length: 200 }, (_, n) => rules.select(n)))
    for (const [key, text] of Object.entries(dictionary)) {
      if (typeof text !== 'string') for (const form of needed) assert.ok(form in text, `${language} ${key}: ${form}`)
    }
  }
})

test('a text chooses its form by the number and writes it as the language does', async () => {
  const words = wordsOf({
    en: async () => ({
      dictionary: { files: { one: '{n} file', other: '{n} files' }, hello: 'Hello {name}' } as const,
    }),
    ru: async () => ({
      dictionary: {
        files: { one: '{n} файл', few: '{n} файла', many: '{n} файлов', other: '{n} файла' },
        hello: 'Привет, {name}',
      },
    }),
    zh: async () => ({ dictionary: { files: { other: '{n} 个文件' }, hello: '你好，{name}' } }),
  })
  assert.throws(() => words.t('hello'))
  await words.load('ru')
  assert.deepEqual(
    [1, 3, 5, 21].map((n) => words.t('files', { n })),
    ['1 файл', '3 файла', '5 файлов', '21 файл'],
  )
  await words.load('en')
  assert.equal(words.t('files', { n: 12_000 }), '12,000 files')
  assert.equal(words.t('hello', { name: '{n}' }), 'Hello {n}')
})

test('the first language of the reader that is known is taken, else English', () => {
  assert.equal(languageOf(['de-DE', 'ru-RU', 'zh-CN']), 'ru')
  assert.equal(languageOf(['zh-Hans-CN']), 'zh')
  assert.equal(languageOf(['de']), 'en')
})
