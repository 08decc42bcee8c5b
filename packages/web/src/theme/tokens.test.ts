// Colours: every pair of a text and what it stands on has the contrast of WCAG AA, in both themes, which have the same tokens.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const text = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')

function themeOf(selector: string): ReadonlyMap<string, string> {
  const from = text.indexOf(selector)
  assert.ok(from >= 0, selector)
  const block = text.slice(text.indexOf('{', from) + 1, text.indexOf('}', from))
  return new Map([...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value]))
}

const light = themeOf(':root {')
const dark = themeOf(':root[data-theme="dark"]')
const bySystem = themeOf(':root:not([data-theme="light"])')

function luminance(hex: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
  const [r = 0, g = 0, b = 0] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

const grounds = ['paper', 'sheet', 'well', 'chosen'] as const
const tones = ['need', 'fail', 'run', 'wait', 'done'] as const
const pairs: readonly (readonly [string, string, number])[] = [
  ...grounds.flatMap((ground) => ['ink', 'soft', 'link', ...tones].map((ink) => [ink, ground, 4.5] as const)),
  ...tones.flatMap((tone) => [[tone, `${tone}-well`, 4.5] as const, ['ink', `${tone}-well`, 4.5] as const]),
  ['ink', 'mark', 4.5],
  ['on-solid', 'solid', 4.5],
  // Edges of what is written into; what is pressed says so by its words.
  ['edge', 'paper', 3],
  ['edge', 'sheet', 3],
]

for (const [name, theme] of [
  ['light', light],
  ['dark', dark],
] as const) {
  test(`every text of the ${name} theme can be read on what it stands on`, () => {
    const bad = pairs.flatMap(([ink, ground, least]) => {
      const found = contrast(theme.get(ink) ?? '', theme.get(ground) ?? '')
      return found >= least ? [] : [`${ink} on ${ground}: ${found.toFixed(2)}, at least ${least}`]
    })
    assert.deepEqual(bad, [])
  })
}

test('both themes have the same tokens, and dark is the same whether the system or a person chose it', () => {
  assert.deepEqual([...dark.keys()], [...light.keys()])
  assert.deepEqual([...bySystem], [...dark])
})
