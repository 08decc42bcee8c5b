// What a tool of an MCP server gave, as the output of a skill: its text, its structured content, and its bytes as blobs.

import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { type Json, type JsonObject, limits } from '../../../schema/json.ts'
import { RunFailure } from '../../failure.ts'

export type PutBlob = (bytes: Uint8Array) => Promise<string>

/** UTF-16 units of text, and bytes of one picture or sound. */
const mostText = Math.floor(limits.entryBytes / 4)
const mostBytes = 16 * 1024 * 1024

/** @throws RunFailure `error` where the tool says that it failed */
export async function outputOf(tool: string, result: CallToolResult, put: PutBlob): Promise<JsonObject> {
  const texts: string[] = []
  const files: JsonObject[] = []
  for (const [index, one] of (result.content ?? []).entries()) {
    if (one.type === 'text') texts.push(one.text)
    else if (one.type === 'image' || one.type === 'audio') {
      files.push(await fileOf(`${tool}-${index + 1}`, one.data, one.mimeType, put))
    } else if (one.type === 'resource_link') texts.push(`${one.name}: ${one.uri}`)
    else if (one.type === 'resource') {
      const { uri, mimeType } = one.resource
      if ('text' in one.resource) texts.push(`${uri}\n${one.resource.text}`)
      else files.push(await fileOf(uri, one.resource.blob, mimeType ?? 'application/octet-stream', put))
    }
  }
  const whole = texts.join('\n')
  const text =
    whole.length > mostText ? `${whole.slice(0, mostText)}\n… ${whole.length - mostText} characters left out` : whole
  if (result.isError)
    throw new RunFailure('error', text === '' ? `${tool} failed and did not say why` : text, 'mcp_error')
  const { structuredContent } = result
  return {
    text,
    ...(structuredContent === undefined ? {} : { structured: plain(structuredContent) }),
    ...(files.length === 0 ? {} : { files }),
  }
}

async function fileOf(name: string, base64: string, mediaType: string, put: PutBlob): Promise<JsonObject> {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length > mostBytes) throw new RunFailure('error', `${name} has ${bytes.length} bytes`, 'too_large')
  return { type: 'file', blob: await put(bytes), name, media_type: mediaType, size: bytes.length }
}

function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}
