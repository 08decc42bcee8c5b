// The files of the page as it was built: read when they are first asked for, compressed beforehand, under a strict policy.

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DaybookError } from '../schema/errors.ts'
import { pageHeadersFor } from './html.ts'
import type { Answer } from './route.ts'

/** Nothing from elsewhere, nothing inline, no text that becomes code; images also from blobs that the page has made. */
const headers = pageHeadersFor(
  [
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "connect-src 'self'",
    "font-src 'self'",
    "worker-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  "'self'",
)

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Their names hold a hash of what they contain. */
const forEver = 'public, max-age=31536000, immutable'

export interface PageFiles {
  /** The page for an address of it, so many folders below its beginning; nothing but 304 for whoever has it already. */
  index(path: string, has: string | undefined): Answer
  /** Null for a name that the page has no file of. */
  asset(name: string, accept: string | undefined): Promise<Answer | null>
}

/** Null where no page was built. */
export function openPage(folder: string): PageFiles | null {
  if (!existsSync(join(folder, 'index.html'))) return null
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  const names = new Set(readdirSync(join(folder, 'assets')))
  const read = new Map<string, Promise<Buffer>>()
  const fileOf = (name: string): Promise<Buffer> => {
    const known = read.get(name)
    if (known) return known
    const file = readFile(join(folder, 'assets', name))
    read.set(name, file)
    return file
  }
  return {
    index(path, has) {
      const { body, etag } = withBase(html, baseOf(path))
      const same = has?.split(/,\s*/).includes(etag) === true
      return {
        ...(same ? { status: 304 } : {}),
        body: same ? '' : body,
        type: 'text/html; charset=utf-8',
        headers: { ...headers, etag, 'cache-control': 'no-cache' },
      }
    },
    async asset(name, accept = '') {
      const type = types[extname(name)]
      if (!names.has(name) || type === undefined) return null
      const form = forms.find(({ coding, end }) => accept.includes(coding) && names.has(name + end))
      return {
        body: await fileOf(name + (form?.end ?? '')),
        type,
        headers: {
          'cache-control': forEver,
          vary: 'accept-encoding',
          'cross-origin-resource-policy': 'same-origin',
          ...(form ? { 'content-encoding': form.coding } : {}),
        },
      }
    },
  }
}

const forms = [
  { coding: 'br', end: '.br' },
  { coding: 'gzip', end: '.gz' },
] as const

/** The way back to where the page begins. Relative, so that it holds under any prefix that something in front of us takes off. */
function baseOf(path: string): string {
  return '../'.repeat(path.split('/').length - 2) || './'
}

function withBase(html: string, base: string): { readonly body: string; readonly etag: string } {
  const body = html.replace('<head>', `<head>\n    <base href="${base}" />`)
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` }
}

/** Addresses of the page that are no part of the interface; its beginning is a route like any other. */
const addresses = ['/s/*', '/find', '/status'] as const

export function servePage(app: FastifyInstance, page: PageFiles): void {
  for (const address of addresses) {
    app.get(address, async (request, reply) =>
      give(reply, page.index(pathOf(request), request.headers['if-none-match'])),
    )
  }
  app.get<{ Params: { '*': string } }>('/assets/*', async (request, reply) => {
    const file = await page.asset(request.params['*'], request.headers['accept-encoding'])
    if (file === null)
      throw new DaybookError('not_found', 'the page has no such file', { hint: 'Load the page again.' })
    return give(reply, file)
  })
}

function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] ?? '/'
}

function give(reply: FastifyReply, { status = 200, body, type, headers: given }: Answer): FastifyReply {
  reply.code(status).headers({ ...given })
  if (type !== undefined) reply.header('content-type', type)
  return reply.send(body)
}
