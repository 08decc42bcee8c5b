// How a process stands, what its screen shows and what it printed, for the owner of its session with the key of the user.

import {
  OutputQuery,
  ProcessScreen,
  type ProcessScreenShape,
  ProcessState,
  ScreenQuery,
} from '../../schema/wire-processes.ts'
import type { Call } from '../call.ts'
import * as examples from '../process-examples.ts'
import { keptOutput, loggedOutput, type OutputRange, type OutputRead } from '../process-output.ts'
import { alive, atHost, type Found, foundProcess, processErrors, processPath, stateOf } from '../processes.ts'
import { type Route, route } from '../route.ts'

const read = route(
  {
    method: 'GET',
    path: processPath,
    operation: 'getProcess',
    tag: 'views',
    summary: 'One process: what the log says of it, and how it stands now',
    answers: { 200: { description: 'The process.', schema: ProcessState, example: examples.state } },
    errors: [...processErrors],
  },
  async (call) => {
    const found = await foundProcess(call, call.params)
    return { body: JSON.stringify(await stateOf(found)), seq: found.head.seq }
  },
)

const screen = route(
  {
    method: 'GET',
    path: `${processPath}/screen`,
    operation: 'getScreen',
    tag: 'views',
    summary: 'What the screen of a process shows',
    details: 'With Accept: text/plain the screen alone.',
    query: ScreenQuery,
    answers: {
      200: {
        description: 'The screen.',
        schema: ProcessScreen,
        example: examples.screen,
        media: { 'text/plain': 'The screen alone.' },
      },
    },
    errors: [...processErrors],
  },
  async (call) => {
    const found = await foundProcess(call, call.params)
    await alive(found)
    const { format = 'text' } = call.query
    const shown = await found.driven.live.processes.screen(found.name)
    const { cols, rows, offset, title, cursorHidden } = shown
    const text = format === 'text' ? shown.text : shown.ansi
    const { seq } = found.head
    if (plain(call)) return { body: text, type: 'text/plain; charset=utf-8', seq }
    const body: ProcessScreenShape = { format, screen: text, cols, rows, offset, title, cursor_hidden: cursorHidden }
    return { body: JSON.stringify(body), seq }
  },
)

function plain({ request }: Call): boolean {
  return request.headers.accept?.includes('text/plain') === true
}

const output = route(
  {
    method: 'GET',
    path: `${processPath}/output`,
    operation: 'getOutput',
    tag: 'views',
    summary: 'What a process printed, as bytes from an offset on',
    details:
      'Output-From and Output-To say which bytes these are, Output-Source where they come from: host, as they were printed, or log, ' +
      'whole pieces of it with secrets masked, where the host has them no more. Nothing is waited for: at the end the answer is empty.',
    query: OutputQuery,
    answers: { 200: { description: 'The bytes.', media: { 'application/octet-stream': 'The bytes.' } } },
    errors: [...processErrors],
  },
  async (call) => {
    const found = await foundProcess(call, call.params)
    const { from = 0, limit = 1_048_576, stream = 'out' } = call.query
    const { bytes, ...range } = await printed(found, { from, limit, stream })
    const headers = {
      'output-from': String(range.from),
      'output-to': String(range.to),
      'output-source': range.source,
      'content-disposition': 'attachment',
      'content-security-policy': "default-src 'none'; sandbox",
    }
    return { body: bytes, type: 'application/octet-stream', headers, seq: found.head.seq }
  },
)

/** From the log what the host kept no longer, from the host all behind it. */
async function printed(found: Found, range: OutputRange): Promise<OutputRead> {
  const process = await atHost(found)
  const end = process === null ? 0 : range.stream === 'out' ? process.offset : process.errorOffset
  if (process !== null && range.from >= end) {
    return { bytes: Buffer.alloc(0), from: range.from, to: range.from, source: 'host' }
  }
  const kept = process && (await keptOutput(found.driven.live.processes, found.name, range, end))
  if (kept && kept.from === range.from) return kept
  const logged = await loggedOutput(found.session, found.id, range)
  if (kept && (logged.bytes.length === 0 || logged.from >= kept.from)) return kept
  return logged
}

export const processViewRoutes: readonly Route[] = [read, screen, output]
