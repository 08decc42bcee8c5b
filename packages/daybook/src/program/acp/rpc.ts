// JSON-RPC as agents speak it on standard input and output: one message a line, read with patience for what is not needed.

import { type Fields, fieldsOf, textOf } from '../formats/fields.ts'

export type RpcId = string | number

/** What an agent said in one line. */
export type Said =
  | { readonly type: 'answer'; readonly id: RpcId; readonly result: Fields; readonly error: RpcError | null }
  | { readonly type: 'request'; readonly id: RpcId; readonly method: string; readonly params: Fields }
  | { readonly type: 'notice'; readonly method: string; readonly params: Fields }
  /** A line that is no message: something printed where only the protocol belongs. */
  | { readonly type: 'noise'; readonly text: string }

export interface RpcError {
  readonly code: number
  /** In its words, with the details that it gave. */
  readonly message: string
}

/** What an agent asks of whoever gives it prompts. */
export type Request = Extract<Said, { type: 'request' }>
export type Answer = Extract<Said, { type: 'answer' }>

/** Codes of JSON-RPC, and of the protocol of agents. */
export const codes = { unknownMethod: -32601, wrongParams: -32602, authRequired: -32000 } as const

export function saidIn(line: string): Said {
  const message = messageIn(line)
  if (message === null) return { type: 'noise', text: line }
  const { id, method, params, result, error } = message
  if (typeof method === 'string') {
    const said = { method, params: fieldsOf(params) }
    return isId(id) ? { type: 'request', id, ...said } : { type: 'notice', ...said }
  }
  if (!isId(id)) return { type: 'noise', text: line }
  return { type: 'answer', id, result: fieldsOf(result), error: error === undefined ? null : errorOf(fieldsOf(error)) }
}

function messageIn(line: string): Fields | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
  } catch {
    return null // what is no JSON is no message either
  }
}

function isId(id: unknown): id is RpcId {
  return typeof id === 'string' || typeof id === 'number'
}

function errorOf({ code, message, data }: Fields): RpcError {
  const { details, message: more } = fieldsOf(data)
  const words = [textOf(message) ?? 'it told an error', textOf(details) ?? textOf(more) ?? textOf(data)]
  return { code: typeof code === 'number' ? code : 0, message: words.filter((one) => one !== undefined).join(': ') }
}

export function requestOf(id: RpcId, method: string, params: object): string {
  return lineOf({ id, method, params })
}

export function noticeOf(method: string, params: object): string {
  return lineOf({ method, params })
}

export function answerTo(id: RpcId, result: object): string {
  return lineOf({ id, result })
}

export function rpcRefusal(id: RpcId, code: number, message: string): string {
  return lineOf({ id, error: { code, message } })
}

function lineOf(message: object): string {
  return `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`
}
