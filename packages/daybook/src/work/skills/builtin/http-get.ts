// The skill `http-get`: reads text or JSON from hosts that the settings allow.

import { DaybookError } from '../../../schema/errors.ts'
import { limits } from '../../../schema/json.ts'
import { defineSkill } from '../define.ts'
import { allowList, type Target, targetOf } from './fetching/allowed.ts'
import { type Answer, get } from './fetching/get.ts'

const longestUrl = 4096
const mostRedirects = 5
/** Of the output's JSON text: what an entry holds, less what stands around it. */
const mostText = limits.entryBytes - 16 * 1024

/** `allow`: hosts, with a port where it is not the usual one. `timeoutMs`: of a call with its redirects. */
export function httpGet(allow: readonly string[], timeoutMs = 30_000) {
  const allowed = allowList(allow)
  return defineSkill<
    { readonly url: string },
    { readonly text: string; readonly status: number; readonly type: string; readonly url: string }
  >({
    id: 'http-get',
    name: 'HTTP GET',
    description: 'Reads a page or JSON from the web with HTTP GET; only from hosts that the settings allow.',
    tags: [
      ...['http', 'https', 'get', 'url', 'fetch', 'web page', 'download', 'api', 'link', 'json', 'request'],
      ...['открой ссылку', 'загрузи страницу', 'скачай', 'запрос', 'ссылка', 'адрес', 'сайт'],
      ...['网址', '链接', '打开网页', '抓取', '获取网页', '请求', '下载'],
    ],
    input: {
      type: 'object',
      properties: { url: { type: 'string', minLength: 1, maxLength: longestUrl } },
      required: ['url'],
      additionalProperties: false,
    },
    output: {
      type: 'object',
      properties: {
        text: { type: 'string' },
        status: { type: 'integer', description: 'As answered, also 404 and 500.' },
        type: { type: 'string', description: 'Media type.' },
        url: { type: 'string', description: 'Behind all redirects.' },
      },
      required: ['text', 'status', 'type', 'url'],
      additionalProperties: false,
    },
    risk: 'medium',
    idempotent: true,
    claims: true,
    fromText: (text) => {
      const url = /https?:\/\/[^\s<>"'`，。；、）】」]+/i.exec(text)?.[0].replace(/[.,;:!?)\]}]+$/, '')
      return url === undefined ? null : { url }
    },
    run: async ({ url }, { signal, progress }) => {
      const either = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      const { target, answer } = await followed(await targetOf(url, allowed), allowed, either, progress)
      const { text, status, type } = answer
      if (Buffer.byteLength(JSON.stringify(text)) > mostText) {
        throw new DaybookError('too_large', 'the answer does not fit into an entry', { field: 'url' })
      }
      return { text, status, type, url: target.url.href }
    },
  })
}

/** Every redirect is judged like the first address. */
async function followed(
  first: Target,
  allowed: ReadonlySet<string>,
  signal: AbortSignal,
  progress: (text: string) => void,
): Promise<{ readonly target: Target; readonly answer: Answer }> {
  let target = first
  for (let count = 0; count <= mostRedirects; count++) {
    progress(`asking ${target.url.host}`)
    const answer = await get(target, signal)
    if (answer.location === null) return { target, answer }
    const next = await targetOf(answer.location, allowed, target.url)
    if (target.url.protocol === 'https:' && next.url.protocol === 'http:') {
      throw new DaybookError('forbidden', 'a redirect leads from https to http', { field: 'url' })
    }
    target = next
  }
  throw new DaybookError('unreachable', `more than ${mostRedirects} redirects`, { field: 'url' })
}
