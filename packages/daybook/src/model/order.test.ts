// The order of messages that every provider takes.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Part } from '../schema/parts.ts'
import { ModelFailure, type ModelMessage } from './contract.ts'
import { begins, ordered } from './order.ts'
import { promptOf } from './prompt.ts'

const said = (role: ModelMessage['role'], content: string, ...parts: Part[]): ModelMessage => ({
  role,
  content,
  ...(parts.length > 0 ? { parts } : {}),
})
const call = (id: string, name = 'look', input: unknown = {}): Part => ({ type: 'call', call_id: id, name, input })
const result = (id: string, output: unknown = 'seen'): Part => ({ type: 'result', call_id: id, output })
const shown = (messages: readonly ModelMessage[]): string[] =>
  ordered(messages, 'lab/x').map(({ role, content, parts = [] }) =>
    [role, content, ...parts.map((part) => (part.type === 'text' ? part.text : part.type))]
      .filter((each) => each !== '')
      .join(' '),
  )

function refused(...messages: ModelMessage[]): void {
  assert.throws(
    () => ordered(messages, 'lab/x'),
    (error) => error instanceof ModelFailure && error.code === 'invalid_request',
  )
}

describe('messages for a model', () => {
  test('who speaks twice in a row speaks once, and nothing is empty', () => {
    const messages = [
      said('user', 'a'),
      said('user', ' '),
      said('user', 'b'),
      said('assistant', 'c'),
      said('assistant', ''),
      said('user', 'd'),
    ]
    assert.deepEqual(shown(messages), ['user a b', 'assistant c', 'user d'])
  })

  test('a user begins, and a user or a result ends', () => {
    assert.deepEqual(shown([said('assistant', 'a')]), [`user ${begins}`, 'assistant a', `user ${begins}`])
    assert.deepEqual(shown([said('user', 'a'), said('assistant', '', call('1')), said('tool', '', result('1'))]), [
      'user a',
      'assistant call',
      'tool result',
    ])
  })

  test('what the system says within is told by the user', () => {
    assert.deepEqual(shown([said('user', 'a'), said('assistant', 'b'), said('system', 'c')]), [
      'user a',
      'assistant b',
      'user c',
    ])
  })

  test('a call without its result, and a result without its call, are refused', () => {
    refused(said('user', 'a'), said('assistant', '', call('1')))
    refused(said('user', 'a'), said('assistant', '', call('1')), said('user', 'b'))
    refused(said('user', 'a'), said('tool', '', result('1')))
    refused(said('user', 'a'), said('assistant', '', call('1'), call('2')), said('tool', '', result('1')))
    refused(said('user', 'a'), said('assistant', '', call('1')), said('tool', '', result('1'), result('1')))
  })

  test('results of several messages belong to the calls before them', () => {
    const messages = [
      said('user', 'a'),
      said('assistant', '', call('1'), call('2')),
      said('tool', '', result('2')),
      said('tool', '', result('1')),
    ]
    assert.deepEqual(shown(messages), ['user a', 'assistant call call', 'tool result result'])
  })

  test('files of results are shown behind all results', () => {
    const file: Part = { type: 'file', url: 'https://example.org/a.png' }
    const messages = [
      said('user', 'a'),
      said('assistant', '', call('1'), call('2')),
      said('tool', '', result('1'), file),
      said('tool', '', result('2')),
    ]
    assert.deepEqual(shown(messages), ['user a', 'assistant call call', 'tool result result', 'user file'])
  })

  test('ids and names of other agents become such as all providers take, the same for the same call', () => {
    const id = 'call/ä 1'
    const [, asked, told] = ordered(
      [said('user', 'a'), said('assistant', '', call(id, 'mcp.files/read file')), said('tool', '', result(id))],
      'lab/x',
    )
    const [made] = asked?.parts ?? []
    const [answer] = told?.parts ?? []
    assert.ok(made?.type === 'call' && answer?.type === 'result')
    assert.equal(made.call_id, answer.call_id)
    assert.match(made.call_id, /^[A-Za-z0-9_-]{1,64}$/)
    assert.equal(made.name, 'mcp_files_read_file')
  })
})

describe('what a model is shown', () => {
  const taking = { model: 'lab/x', images: false, pdf: false }
  const request = { instructions: 'Be kind.', messages: [] }
  const promptFor = (...messages: ModelMessage[]) => promptOf(request, ordered(messages, 'lab/x'), taking)

  test('what one model signed goes back to that one alone', () => {
    const thought = (by: string): Part => ({
      type: 'reasoning',
      text: 'hm',
      provider: { by, metadata: { lab: { sign: 'abc' } } },
    })
    const parts = (by: string) =>
      promptFor(said('user', 'a'), said('assistant', 'b', thought(by)), said('user', 'c'))[2]?.content
    assert.deepEqual(JSON.stringify(parts('lab/x')).includes('abc'), true)
    assert.deepEqual(JSON.stringify(parts('lab/y')).includes('hm'), false)
  })

  test('unsigned thoughts go back within their turn and no longer', () => {
    const thought: Part = { type: 'reasoning', text: 'hm', provider: { by: 'lab/x', metadata: {} } }
    const turn = [said('user', 'a'), said('assistant', 'b', thought, call('1')), said('tool', '', result('1'))]
    assert.equal(JSON.stringify(promptFor(...turn)).includes('hm'), true)
    const later = promptFor(...turn, said('assistant', 'c'), said('user', 'd'))
    assert.equal(JSON.stringify(later).includes('hm'), false)
  })

  test('a signature in which something was masked is none', () => {
    const masked: Part = {
      type: 'reasoning',
      text: 'hm',
      provider: { by: 'lab/x', metadata: { lab: { sign: 'a[redacted:x]' } } },
    }
    const prompt = promptFor(said('user', 'a'), said('assistant', 'b', masked), said('user', 'c'))
    assert.equal(JSON.stringify(prompt).includes('redacted'), false)
  })

  test('an image is told in words where the model sees none, a text is shown', () => {
    const file = (media: string): Part => ({ type: 'file', blob: 'x', media_type: media, name: 'it', size: 3 })
    const files = new Map([['x', new TextEncoder().encode('abc')]])
    const image = promptFor({ ...said('user', 'a', file('image/png')), files })
    assert.match(JSON.stringify(image), /\[file it image\/png, 3 bytes\]/)
    assert.match(JSON.stringify(promptFor({ ...said('user', 'a', file('text/plain')), files })), /abc/)
  })

  test('an input that was no object goes back as it was', () => {
    const prompt = promptFor(
      said('user', 'a'),
      said('assistant', '', call('1', 'look', '{"a')),
      said('tool', '', result('1')),
    )
    assert.match(JSON.stringify(prompt), /"input":\{"unreadable":"\{\\"a"\}/)
  })
})
