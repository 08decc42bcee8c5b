// The shapes of processes that live on, on the wire: opening, typing, looking, closing.

import { type Static, Type } from 'typebox'
import { Count, Id, Label, oneOf } from './parts.ts'
import { signs } from './states.ts'
import { RunState } from './wire-runs.ts'
import { closed, Time } from './wire-shapes.ts'
import { ProcessShape } from './wire-views.ts'

const columns = (description?: string) =>
  Type.Integer({ minimum: 1, maximum: 1000, ...(description === undefined ? {} : { description }) })
const CountOrNull = Type.Union([Count, Type.Null()])
const TextOrNull = Type.Union([Type.String(), Type.Null()])

/** What ended a process: its own keys, or the signal that it took. */
const ends = ['keys', 'SIGHUP', 'SIGTERM', 'SIGKILL'] as const
/** How hard a turn is ended. */
export const interruptLevels = ['keys', 'SIGINT', 'SIGTERM', 'SIGKILL'] as const

export const NewProcess = Type.Object(
  {
    program: Type.Unsafe<string>({ ...Label, description: 'As GET /programs says it.' }),
    cols: Type.Optional(columns('Columns of its screen; default: as its program says.')),
    rows: Type.Optional(columns('Rows of its screen.')),
    wait_ms: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 600_000, description: 'Milliseconds to wait at most; default 60,000.' }),
    ),
  },
  { ...closed, title: 'NewProcess' },
)

export const TakenCode = Type.Object(
  { code: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$', description: 'What stands behind #code= in the address.' }) },
  { ...closed, title: 'TakenCode' },
)
export const UserKey = Type.Object(
  { key: Type.String({ description: 'Shown as Authorization: Bearer from now on.' }) },
  { ...closed, title: 'UserKey' },
)

export const ProcessInput = Type.Object(
  {
    text: Type.Optional(
      Type.String({ minLength: 1, maxLength: 65_536, description: 'Typed as it is: no Enter follows.' }),
    ),
    keys: Type.Optional(
      Type.String({
        minLength: 4,
        maxLength: 87_384,
        pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
        description: 'Bytes in base64.',
      }),
    ),
  },
  { ...closed, title: 'ProcessInput', description: 'Exactly one of both.' },
)

export const ProcessSize = Type.Object({ cols: columns(), rows: columns() }, { ...closed, title: 'ProcessSize' })

export const ProcessInterrupt = Type.Object(
  {
    level: Type.Optional(
      oneOf(
        interruptLevels,
        'What its program takes for an interrupt, or a signal to whatever is in the foreground of its screen.',
      ),
    ),
  },
  { ...closed, title: 'ProcessInterrupt' },
)

export const ScreenQuery = Type.Object(
  { format: Type.Optional(oneOf(['text', 'ansi'] as const, 'Default: text.')) },
  { ...closed, title: 'ScreenQuery' },
)
export const OutputQuery = Type.Object(
  {
    from: Type.Optional(Type.Integer({ minimum: 0, description: 'Offset of the first byte; default 0.' })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 8_388_608, description: 'Bytes at most; default 1,048,576.' }),
    ),
    stream: Type.Optional(oneOf(['out', 'err'] as const, 'Default: out, which is all that a screen has.')),
  },
  { ...closed, title: 'OutputQuery' },
)

export const AttachQuery = Type.Object(
  {
    from: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'Where a client goes on that was cut off; else it is shown the screen.',
      }),
    ),
    cols: Type.Optional(columns('The size of its screen; without, it takes what there is.')),
    rows: Type.Optional(columns()),
    safe: Type.Optional(
      Type.Boolean({ description: 'As for pages: nothing reaches beyond the screen. Default: only for pages.' }),
    ),
  },
  { ...closed, title: 'AttachQuery' },
)

const ProcessAtWork = Type.Object(
  {
    active: Type.Boolean(),
    by: oneOf(signs, 'By what that is known, the surest first.'),
    value: Type.Optional(Type.String({ description: 'What ticks.' })),
    seen: Type.Optional(Type.Unsafe<number>({ ...Count, description: 'How often it was another one.' })),
    at: Time,
  },
  { ...closed, title: 'ProcessAtWork' },
)
const ProcessNow = Type.Object(
  {
    offset: Type.Unsafe<number>({ ...Count, description: 'Bytes that it printed so far.' }),
    kept: Type.Unsafe<number>({ ...Count, description: 'The oldest byte of them that is not only in the log.' }),
    printed_at: Type.Union([Time, Type.Null()], { description: 'When it last printed anything; null: never.' }),
    attached: Type.Unsafe<number>({ ...Count, description: 'How many look at it through this server.' }),
    cols: CountOrNull,
    rows: CountOrNull,
    title: TextOrNull,
  },
  { ...closed, title: 'ProcessNow', description: 'Columns, rows and title are null where it has no screen.' },
)
export const ProcessState = Type.Object(
  {
    session_id: Id,
    process: ProcessShape,
    alive: Type.Boolean(),
    now: Type.Union([ProcessNow, Type.Null()], { description: 'null once it has ended, or on another machine.' }),
    at_work: Type.Union([ProcessAtWork, Type.Null()], { description: 'null before anything was seen.' }),
  },
  { ...closed, title: 'ProcessState' },
)
export type ProcessStateShape = Static<typeof ProcessState>

export const OpenedProcess = Type.Object(
  { process: ProcessState, run: RunState },
  { ...closed, title: 'OpenedProcess', description: 'It takes prompts; the run is the one that opened it.' },
)
export type OpenedProcessShape = Static<typeof OpenedProcess>

export const TypedInput = Type.Object(
  { offset: Type.Unsafe<number>({ ...Count, description: 'Of the output before which it was sent.' }) },
  { ...closed, title: 'TypedInput' },
)
export const InterruptedProcess = Type.Object(
  {
    by: oneOf(
      ['run', ...interruptLevels] as const,
      'run: the run that was at work was cancelled, which ends its turn.',
    ),
    run_id: Type.Optional(Id),
  },
  { ...closed, title: 'InterruptedProcess' },
)
export const ClosedProcess = Type.Object(
  {
    session_id: Id,
    process_id: Id,
    by: Type.Union([oneOf(ends), Type.Null()], { description: 'What ended it; null: it had ended before.' }),
    exit_code: CountOrNull,
    signal: TextOrNull,
  },
  { ...closed, title: 'ClosedProcess' },
)
export type ClosedProcessShape = Static<typeof ClosedProcess>
export const ClosedProcesses = Type.Object(
  { closed: Type.Array(ClosedProcess) },
  { ...closed, title: 'ClosedProcesses' },
)

export const ProcessScreen = Type.Object(
  {
    format: oneOf(['text', 'ansi'] as const),
    screen: Type.String({ description: 'Lines of text, or what draws the screen on an empty terminal.' }),
    cols: Count,
    rows: Count,
    offset: Type.Unsafe<number>({ ...Count, description: 'The output that it stands for.' }),
    title: Type.String(),
    cursor_hidden: Type.Boolean(),
  },
  { ...closed, title: 'ProcessScreen' },
)
export type ProcessScreenShape = Static<typeof ProcessScreen>
