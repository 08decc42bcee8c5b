// Server-sent events are read as the standard says, however the bytes are cut.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventsTogether, serverSentEvents } from './sse.ts'

function bodyOf(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size))
      controller.close()
    },
  })
}

async function read(text: string, size = 1024) {
  const all = []
  for await (const event of serverSentEvents(bodyOf(text, size))) all.push(event)
  return all
}

test('fields, several data lines, all line ends and characters of several bytes are read at every cut', async () => {
  const text =
    'retry: 1000\r\n\r\nid: 7\r\ndata: {"a":"你好"}\r\ndata:second\r\n\r\nevent: delta\ndata: x\n\n:\nid: 9\n\nid:10\rdata: y\r\r\n'
  const whole = await read(text)
  assert.deepEqual(
    whole.map(({ name, data, id, numbered }) => [name, data, id, numbered]),
    [
      ['message', '{"a":"你好"}\nsecond', '7', true],
      ['delta', 'x', '7', false],
      ['', '', '7', false],
      ['message', '', '9', true],
      ['message', 'y', '10', true],
    ],
  )
  for (const size of [1, 2, 3, 5, 7]) assert.deepEqual(await read(text, size), whole)
})

test('what one piece of the stream completes comes together', async () => {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of ['data: 1\n\ndata: 2\n\nda', 'ta: 3', '\n\n:\n'])
        controller.enqueue(new TextEncoder().encode(piece))
      controller.close()
    },
  })
  const told = []
  for await (const together of eventsTogether(body)) told.push(together.map(({ data }) => data))
  assert.deepEqual(told, [['1', '2'], [], ['3', '']])
})

test('what is unfinished at the end of the stream is dropped', async () => {
  assert.deepEqual(await read('id: 1\ndata: a\n\nid: 2\ndata: b\n'), await read('id: 1\ndata: a\n\n'))
})

test('leaving the loop early closes the connection', async () => {
  let cancelled = false
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('data: a\n\n')),
    cancel: () => {
      cancelled = true
    },
  })
  for await (const event of serverSentEvents(body)) {
    assert.equal(event.data, 'a')
    break
  }
  assert.equal(cancelled, true)
})
