// The shapes of what is looked at from afar: outlines, two sessions side by side, lines of long texts, the state of a server.

import { type Static, Type } from 'typebox'
import { Count, HashText, Id, oneOf, SeqNumber } from './parts.ts'
import { closed, Ready, Session, Time } from './wire-shapes.ts'

const operation = oneOf(['create', 'update', 'delete', 'rename'] as const)
const outlineTypes = ['turn', 'failure', 'edit', 'summary', 'handoff'] as const

export const OutlineQuery = Type.Object(
  {
    until: Type.Optional(SeqNumber),
    before: Type.Optional(Type.Integer({ minimum: 1, description: 'The cursor of the page before.' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'Default 200; at most 1000.' })),
    type: Type.Optional(
      Type.Array(oneOf(outlineTypes), { maxItems: 5, description: 'Several: joined by commas or repeated.' }),
    ),
  },
  closed,
)
export type OutlineQuery = Static<typeof OutlineQuery>

const OutlineItem = Type.Object(
  {
    type: oneOf(outlineTypes),
    seq: SeqNumber,
    at: Time,
    by: Type.String({ description: 'Who caused the entry.' }),
    text: Type.String({ description: 'One line.' }),
    run_id: Type.Optional(Id),
    files: Type.Optional(
      Type.Array(
        Type.Object(
          {
            path: Type.String(),
            operation,
            to: Type.Optional(Type.String()),
            added: Type.Optional(Count),
            removed: Type.Optional(Count),
          },
          closed,
        ),
        { description: 'Of an edit.' },
      ),
    ),
    covers_seq: Type.Optional(Type.Integer({ minimum: 0, description: 'Of a summary.' })),
  },
  { ...closed, title: 'OutlineItem' },
)
export const Outline = Type.Object(
  {
    session_id: Id,
    items: Type.Array(OutlineItem, { description: 'Newest first.' }),
    cursor: Type.Union([Count, Type.Null()], {
      description: 'Give it back as before to go on; a page may be empty before the end. null at the beginning.',
    }),
  },
  { ...closed, title: 'Outline', description: 'Of the active history: what a rewind left is not in it.' },
)
export type OutlineShape = Static<typeof Outline>

const ComparedSide = Type.Object(
  {
    session: Session,
    turns: Type.Integer({ minimum: 0, description: 'Messages of users.' }),
    messages: Count,
    runs: Type.Integer({ minimum: 0, description: 'Ended.' }),
    failed: Type.Integer({ minimum: 0, description: 'Of these runs.' }),
    tokens: Count,
    cost: Type.Number({ description: 'US dollars.' }),
    files: Type.Array(
      Type.Object(
        {
          path: Type.String(),
          operation,
          before: Type.Optional(HashText),
          after: Type.Optional(HashText),
          added: Count,
          removed: Count,
          seq: SeqNumber,
        },
        closed,
      ),
      { description: 'Each path once, as its last edit left it; the first 1,000.' },
    ),
    file_count: Count,
    tests: Type.Array(Type.Object({ command: Type.String(), passed: Type.Boolean(), seq: SeqNumber }, closed), {
      description: 'Commands that look like runs of tests, oldest first; the last 100.',
    }),
  },
  { ...closed, title: 'ComparedSide', description: 'What one session did behind the common entry.' },
)
export const Comparison = Type.Object(
  {
    common: Type.Object({ seq: SeqNumber, at: Time, hash: HashText }, closed),
    sides: Type.Array(ComparedSide, { minItems: 2, maxItems: 2, description: 'In the order of the address.' }),
  },
  { ...closed, title: 'Comparison', description: 'common: the last entry that both have.' },
)
export type ComparisonShape = Static<typeof Comparison>

export const BlobQuery = Type.Object(
  {
    lines: Type.Optional(
      Type.String({
        pattern: '^[1-9][0-9]{0,11}-[1-9][0-9]{0,11}$',
        description: 'From and to, counted from 1: at most 1,000 lines of text, as JSON.',
      }),
    ),
  },
  closed,
)
export const BlobLines = Type.Object(
  {
    blob: HashText,
    size: Type.Integer({ minimum: 0, description: 'Bytes of the whole.' }),
    line_count: Type.Integer({ minimum: 0, description: 'Lines of the whole.' }),
    first: Type.Integer({ minimum: 1, description: 'Number of the first line here.' }),
    lines: Type.Array(Type.String(), {
      description: 'Without their ends. Fewer where they hold more than a megabyte.',
    }),
    cut: Type.Array(Count, { description: 'Numbers of lines of which only the first 16 KB are here.' }),
  },
  { ...closed, title: 'BlobLines' },
)
export type BlobLinesShape = Static<typeof BlobLines>

export const StatusQuery = Type.Object(
  {
    check: Type.Optional(
      Type.Boolean({ description: 'Let the store check itself too: takes a while with many sessions.' }),
    ),
  },
  closed,
)
const StatusFinding = Type.Object(
  {
    part: Type.String(),
    state: oneOf(['ok', 'bad'] as const),
    detail: Type.String(),
    next: Type.Optional(Type.String({ description: 'What to do about it.' })),
  },
  { ...closed, title: 'StatusFinding' },
)
export const ServerStatus = Type.Object(
  {
    version: Type.String(),
    node: Type.String(),
    started_at: Time,
    store: Type.Object(
      {
        ...Ready.properties.store.properties,
        location: Type.String({ description: 'A URL without secrets.' }),
        format: Count,
        sessions: Count,
        entries: Count,
        blobs: Count,
        bytes: Count,
        blob_bytes: Count,
      },
      closed,
    ),
    streams: Type.Integer({ minimum: 0, description: 'Open ones, of all clients.' }),
    runs: Type.Object({ active: Count, waiting: Count }, closed),
    search_lag_ms: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
      description: 'How far the search index is behind; null where it is never behind.',
    }),
    peers: Ready.properties.peers,
    agents: Type.Array(Type.Object({ name: Type.String(), description: Type.String() }, closed), {
      description: 'Programs of this machine that can take a turn.',
    }),
    left: Type.Array(
      Type.Object(
        {
          agent: Type.String(),
          title: Type.String(),
          files: Count,
          bytes: Count,
          newest: Time,
          due: Type.Integer({ minimum: 0, description: 'Files that its own program deletes within three days.' }),
        },
        closed,
      ),
      { description: 'Sessions of other agents on this machine of which nothing was adopted.' },
    ),
    findings: Type.Array(StatusFinding, { description: 'In the words of doctor.' }),
  },
  { ...closed, title: 'ServerStatus' },
)
export type ServerStatusShape = Static<typeof ServerStatus>
