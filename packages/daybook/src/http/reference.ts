// Prints the reference pages: `node packages/daybook/src/http/reference.ts http > docs/reference/http.md`, and `errors` alike.

import { errorTable } from '../schema/errors.ts'
import { openApi } from './openapi.ts'
import { errorsOf, pathsOf, type Route, tags } from './route.ts'
import { routes } from './routes/all.ts'

const prefix = '/api/v1'

interface Shape {
  readonly $ref?: string
  readonly type?: string
  readonly description?: string
  readonly format?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Shape[]
  readonly items?: Shape
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Shape
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly description?: string
  readonly schema: Shape
}

interface Operation {
  readonly summary: string
  readonly description?: string
  readonly parameters: readonly Parameter[]
  readonly requestBody?: {
    readonly required: boolean
    readonly content: Readonly<Record<string, { readonly schema: Shape }>>
  }
  readonly responses: Readonly<
    Record<
      string,
      { readonly description?: string; readonly content?: Readonly<Record<string, { readonly schema?: Shape }>> }
    >
  >
}

/** A shape in a few words; components are links. */
function words(shape: Shape): string {
  if (shape.$ref) return link(shape.$ref.split('/').at(-1) ?? '')
  if (shape.anyOf) return shape.anyOf.map(words).join(' or ')
  if (shape.const !== undefined) return `\`${JSON.stringify(shape.const)}\``
  if (shape.enum) return shape.enum.length > 8 ? 'a word' : shape.enum.map((word) => `\`${String(word)}\``).join(' ')
  if (shape.type === 'array') return `array of ${words(shape.items ?? {})}`
  if (shape.type === 'object' && typeof shape.additionalProperties === 'object')
    return `object of ${words(shape.additionalProperties)}`
  if (shape.type === 'object' && shape.properties) return `object {${Object.keys(shape.properties).join(', ')}}`
  if (shape.format === 'date-time') return 'time'
  return shape.type ?? 'any JSON'
}

function link(name: string): string {
  return `[${name}](#${name.toLowerCase()})`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}

function fields(shape: Shape): string {
  const required = new Set(shape.required ?? [])
  const rows = Object.entries(shape.properties ?? {}).map(([name, part]) => [
    `\`${name}\`${required.has(name) ? '' : '?'}`,
    words(part),
    part.description ?? '',
  ])
  return rows.length === 0 ? 'No fields.' : table(['field', 'type', 'meaning'], rows)
}

function routeText({ spec }: Route, operation: Operation): string {
  const [path = '', alias] = pathsOf(spec, prefix)
  const query = operation.parameters.filter((one) => one.in === 'query')
  const body = Object.entries(operation.requestBody?.content ?? {})
  const codes = errorsOf(spec).map((code) => `\`${code}\``)
  return [
    `### ${spec.method} ${path}`,
    [`${operation.summary}.`, operation.description ?? '', alias ? `Also at \`${alias}\`.` : '']
      .filter(Boolean)
      .join(' '),
    ...(query.length > 0
      ? [
          table(
            ['query', 'type', 'meaning'],
            query.map((one) => [`\`${one.name}\``, words(one.schema), one.description ?? '']),
          ),
        ]
      : []),
    ...(body.length > 0
      ? [
          `Body${operation.requestBody?.required ? '' : ' (may be left out)'}: ${words(body[0]?.[1].schema ?? {})} as ${body.map(([type]) => `\`${type}\``).join(' or ')}.`,
        ]
      : []),
    ...(spec.example === undefined ? [] : [`\`\`\`json\n${JSON.stringify(spec.example)}\n\`\`\``]),
    ...Object.keys(spec.answers).map((status) => `Answer ${status}: ${answerText(operation, status)}`),
    `${headersText(spec)}Codes: ${codes.join(' ')}.`,
  ].join('\n\n')
}

function answerText(operation: Operation, status: string): string {
  const answer = operation.responses[status]
  const content = Object.entries(answer?.content ?? {}).map(([type, { schema }]) =>
    type === 'application/json' ? words(schema ?? {}) : `\`${type}\``,
  )
  return `${content.join(' or ')}. ${answer?.description ?? ''}`
}

function headersText(spec: Route['spec']): string {
  const headers = [...(spec.writes ? ['`Idempotency-Key`'] : []), ...(spec.guarded ? ['`If-Match`'] : [])]
  return headers.length === 0 ? '' : `Takes ${headers.join(' and ')}. `
}

const intro = `# HTTP

This page is printed from the table of routes that the server runs; a test proves that they agree, and that the OpenAPI
document at \`/openapi.json\` says the same. \`/docs\` shows it to read and try. How the parts play together is told in
[the HTTP interface](../http-api.md); the codes are in [errors](errors.md).

Under \`?\` stand fields that may be absent. Every answer about a session has its seq as \`ETag\`.`

/** docs/reference/http.md. */
export function httpReference(): string {
  const document = openApi(routes, { version: '', prefix })
  const paths = document.paths as unknown as Readonly<Record<string, Readonly<Record<string, Operation>>>>
  const { schemas } = document.components as unknown as { schemas: Readonly<Record<string, Shape>> }
  const operationOf = ({ spec }: Route): Operation => {
    const operation = paths[pathsOf(spec, prefix)[0] ?? '']?.[spec.method.toLowerCase()]
    if (!operation) throw new Error(`${spec.operation} is not in the document`)
    return operation
  }
  const sections = tags.flatMap((tag) => {
    const mine = routes.filter(({ spec }) => spec.tag === tag)
    return mine.length === 0 ? [] : [`## ${tag}`, ...mine.map((one) => routeText(one, operationOf(one)))]
  })
  const shapes = Object.entries(schemas)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, shape]) =>
      [
        `### ${name}`,
        ...(shape.description ? [shape.description] : []),
        shape.anyOf ? words(shape) : fields(shape),
      ].join('\n\n'),
    )
  return `${[intro, ...sections, '## Shapes', ...shapes].join('\n\n')}\n`
}

const errorIntro = `# Errors

This page is printed from the one table of errors; a test proves that they agree. Every failure has a code: over HTTP it is
the \`code\` of a problem document (RFC 9457), in the library that of a \`DaybookError\`, and it decides the exit code of the
command line. Programs decide by codes; the texts may change.

\`retry\` says what a caller can do: \`after\` wait and repeat the same call; \`reread\` look at the true seq first, which the
answer tells; \`restore\` bring the session back from the trash first; \`yes\` repeat later; \`no\` change the call.`

/** docs/reference/errors.md. */
export function errorReference(): string {
  const rows = Object.entries(errorTable).map(([code, row]) => [
    `\`${code}\``,
    String(row.status),
    String(row.exit),
    row.retry,
    row.when,
  ])
  return `${errorIntro}\n\n${table(['code', 'HTTP', 'exit', 'retry', 'when'], rows)}\n`
}

if (import.meta.main) process.stdout.write(process.argv[2] === 'errors' ? errorReference() : httpReference())
