// The driver, loaded only where somebody opens a store in PostgreSQL.

import type { Sql } from 'postgres'
import { DaybookError } from '../../schema/errors.ts'

export type Driver = typeof import('postgres')
export type Client = Sql<{ number8: number }>

export interface Address {
  /** `postgres://user@host:port/database`; a `host` in the query is the folder of a socket. */
  readonly url: string
}

/** Positions, seqs and times stay below 2⁵³. */
const number8 = { to: 20, from: [20], parse: Number, serialize: String }

/** Milliseconds, about, between two tries to connect. */
const pause = 150

export async function loadDriver(): Promise<Driver> {
  try {
    return (await import('postgres')).default as unknown as Driver
  } catch (cause) {
    throw new DaybookError('invalid', 'A store in PostgreSQL needs the package "postgres", which is not installed.', {
      hint: 'npm install postgres@3.4.9',
      cause,
    })
  }
}

/** What a session of the server is told at its start; a pooler lets no such thing through. */
export type Settings = Readonly<Record<string, string>>

/** A client with at most so many connections. It connects with its first statement, and again after it was cut off. */
export function clientOf(
  driver: Driver,
  { url }: Address,
  max: number,
  settings: Settings,
  onClose: () => void = () => {},
): Client {
  const { plain, host } = taken(url)
  return driver(plain, {
    max,
    ...(host === null ? {} : { host }),
    types: { number8 },
    // What arrays are called would be asked for first, which not every pooler lets through.
    fetch_types: false,
    onnotice: () => {},
    onclose: onClose,
    connect_timeout: 10,
    idle_timeout: 60,
    backoff: () => ((0.5 + Math.random() / 2) * pause) / 1000,
    connection: { application_name: 'daybook', ...settings },
  }) as Client
}

/** The driver knows folders of sockets only as an option of its own. */
function taken(url: string): { plain: string; host: string | null } {
  const parsed = parsedUrl(url)
  const host = parsed.searchParams.get('host')
  parsed.searchParams.delete('host')
  return { plain: parsed.href, host }
}

export function parsedUrl(url: string): URL {
  const parsed = URL.parse(url)
  if (!parsed || !/^postgres(?:ql)?:$/.test(parsed.protocol)) {
    throw new DaybookError('invalid', 'The PostgreSQL store needs a URL that begins with postgres://.', {
      field: 'url',
    })
  }
  return parsed
}

/** Where it is, without secrets. */
export function locationOf(url: string, schema: string): string {
  const parsed = parsedUrl(url)
  const socket = parsed.searchParams.get('host')
  const user = parsed.username ? `${parsed.username}@` : ''
  const folder = socket === null ? '' : `host=${encodeURIComponent(socket)}&`
  return `postgres://${user}${parsed.host}${parsed.pathname}?${folder}schema=${encodeURIComponent(schema)}`
}
