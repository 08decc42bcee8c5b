// The shape of the programs file, from which its types, its JSON Schema and its checks come.

import { type Static, Type } from 'typebox'
import { oneOf } from '../schema/parts.ts'
import { driverNames } from '../schema/states.ts'
import { formatNames } from './contract.ts'

const closed = { additionalProperties: false } as const
/** Characters; a vector of arguments is for people to read. */
const Argument = Type.String({ maxLength: 4096 })
const Seconds = Type.Integer({ minimum: 1, maximum: 7 * 24 * 3600 })
const Milliseconds = Type.Integer({ minimum: 0, maximum: 600_000 })
const Expression = Type.String({ minLength: 1, maxLength: 1024, description: 'A regular expression of JavaScript.' })
const Keys = Type.String({ minLength: 1, maxLength: 16, description: 'Characters as a keyboard sends them.' })
const Arguments = Type.Array(Argument, { maxItems: 64 })
const EnvName = Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,127}$' })

/** Any name, each with such a value. */
function named<T>(value: object, description: string) {
  return Type.Unsafe<Readonly<Record<string, T>>>({ type: 'object', additionalProperties: value, description })
}

export const conditions = ['prompt', 'image', 'resume', 'model'] as const
export type Condition = (typeof conditions)[number]

const Group = Type.Object(
  {
    if: Type.Optional(oneOf(conditions, 'The arguments stand there only where this has a value.')),
    each: Type.Optional(oneOf(['image'] as const, 'The arguments stand there once for each image.')),
    args: Type.Array(Argument, { minItems: 1, maxItems: 16 }),
  },
  { ...closed, description: 'Arguments that come and go together: with `if` or with `each`.' },
)
export type Group = Static<typeof Group>

const Template = Type.Array(Type.Union([Argument, Group]), {
  maxItems: 64,
  description: 'An argument vector with placeholders; no shell ever reads it.',
})
export type Template = Static<typeof Template>

export const promptWays = ['arg', 'stdin', 'stdin:-'] as const
export type PromptWay = (typeof promptWays)[number]

const Headless = Type.Object(
  {
    format: Type.Optional(oneOf(formatNames, 'What standard output is read as.')),
    start: Type.Optional(Template),
    resume: Type.Optional(Template),
    prompt_via: Type.Optional(
      Type.Array(oneOf(promptWays, 'stdin: the prompt’s argument is left out; stdin:- puts a dash in its place.'), {
        minItems: 1,
        maxItems: 2,
        description: 'How the prompt is given; the second way is taken where it is too long for the first.',
      }),
    ),
    allow_code_prompt: Type.Optional(
      Type.Boolean({ description: 'The prompt is code for an interpreter and may stand right behind -c, -e or -ex.' }),
    ),
    image: Type.Optional(
      Type.Object(
        {
          in_prompt: Type.String({
            minLength: 1,
            maxLength: 256,
            description: 'Put behind the prompt for each image.',
          }),
          must_be_under: Type.Optional(oneOf(['workdir'] as const)),
        },
        closed,
      ),
    ),
    token: Type.Optional(
      oneOf(['uuid', 'session'] as const, 'The token is chosen before the start: a new UUID, or the session’s id.'),
    ),
    grace_after_done_ms: Type.Optional(Milliseconds),
    resume_failed_exit: Type.Optional(Type.Array(Type.Integer({ minimum: 1, maximum: 255 }), { maxItems: 16 })),
  },
  closed,
)

const Told = Type.String({ maxLength: 64 })
const InTitle = Type.String({ maxLength: 256 })
const Signal = Type.Object(
  {
    osc7501: Type.Optional(Type.Union([Told, Type.Array(Told, { maxItems: 16 })])),
    title: Type.Optional(Type.Union([InTitle, Type.Array(InTitle, { maxItems: 16 })])),
  },
  { ...closed, description: 'By which the program tells its state: states, or what its title holds then.' },
)

const Pty = Type.Object(
  {
    argv: Type.Optional(Arguments),
    resume: Type.Optional(Arguments),
    prompt_regex: Type.Optional(Expression),
    continuation_regex: Type.Optional(Expression),
    tick_regex: Type.Optional(Expression),
    osc133: Type.Optional(Type.Boolean({ description: 'A shell that marks its prompts when daybook sets them.' })),
    busy: Type.Optional(Signal),
    idle: Type.Optional(Signal),
    ready_timeout_ms: Type.Optional(Milliseconds),
    interrupt_keys: Type.Optional(Keys),
    exit_keys: Type.Optional(Type.Array(Keys, { maxItems: 8 })),
    dialogs: Type.Optional(
      Type.Array(Type.Object({ match: Expression, answer: Type.Union([Keys, Type.Null()]) }, closed), {
        maxItems: 32,
        description: 'Questions of the program itself; null: a person answers.',
      }),
    ),
    raw_input: Type.Optional(Type.Boolean({ description: 'Takes lines of any length.' })),
    indented_blocks: Type.Optional(
      Type.Boolean({
        description:
          'Typed line by line an empty line ends a block: within one it gets a blank, behind one it is added.',
      }),
    ),
    by_line: Type.Optional(
      Type.Boolean({
        description: 'Each line of a prompt is given by itself, also where lines could be pasted; blank ones are not.',
      }),
    ),
  },
  closed,
)

const Acp = Type.Object(
  {
    bin: Type.Optional(
      Type.String({ minLength: 1, maxLength: 4096, description: 'Where it is another than its own.' }),
    ),
    argv: Type.Optional(Arguments),
    replays_history: Type.Optional(oneOf(['no', 'yes', 'late'] as const)),
  },
  closed,
)

const limits = {
  idle_timeout_sec: Type.Optional(Seconds),
  prompt_timeout_sec: Type.Optional(Seconds),
  cols: Type.Optional(Type.Integer({ minimum: 20, maximum: 1000 })),
  rows: Type.Optional(Type.Integer({ minimum: 5, maximum: 500 })),
}

const AutoCommand = Type.Object(
  { text: Type.String({ minLength: 1, maxLength: 4000 }), optional: Type.Boolean() },
  closed,
)

/** One program as a file may write it. What it does not say is taken from the program of that name that is known. */
export const ProgramShape = Type.Object(
  {
    description: Type.Optional(Type.String({ maxLength: 1024 })),
    bin: Type.Optional(Type.String({ minLength: 1, maxLength: 4096, description: 'A name on the PATH, or a path.' })),
    disabled: Type.Optional(Type.Boolean()),
    untested: Type.Optional(Type.Boolean({ description: 'Written from its documentation, never run.' })),
    version: Type.Optional(Arguments),
    help: Type.Optional(Arguments),
    drivers: Type.Optional(Type.Array(oneOf(driverNames), { minItems: 1, maxItems: 3 })),
    acp: Type.Optional(Acp),
    headless: Type.Optional(Headless),
    pty: Type.Optional(Pty),
    resume_regex: Type.Optional(Expression),
    resume_version_guard: Type.Optional(
      Type.Boolean({ description: 'Goes on in no session of its own that a newer version wrote. Default: true.' }),
    ),
    command_prefixes: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 16 }), {
        maxItems: 16,
        description: 'A prompt that begins so is a command of the program.',
      }),
    ),
    commands_anywhere: Type.Optional(
      Type.Boolean({ description: 'Where it reads lines, they are commands in the middle of one, too.' }),
    ),
    allow_commands: Type.Optional(Type.Boolean()),
    auto_commands: Type.Optional(
      Type.Array(Type.Union([Type.String({ minLength: 1, maxLength: 4000 }), AutoCommand]), { maxItems: 32 }),
    ),
    env: Type.Optional(named<string>(Argument, 'Variables that it gets; {state}, {session} and {workdir} are known.')),
    secrets: Type.Optional(
      Type.Array(EnvName, { maxItems: 32, description: 'Variables of daybook’s own that it gets.' }),
    ),
    ...limits,
  },
  closed,
)
export type ProgramSettings = Static<typeof ProgramShape>

/** The whole file. */
export const ProgramsFile = Type.Object(
  {
    $schema: Type.Optional(Type.String({ maxLength: 4096 })),
    workdirs: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 4096 }), {
        maxItems: 256,
        description: 'Folders in and below which programs may work; relative ones stand below the folder of the file.',
      }),
    ),
    defaults: Type.Optional(Type.Object(limits, closed)),
    programs: Type.Optional(named<ProgramSettings>(ProgramShape, 'Programs by name.')),
  },
  closed,
)
export type ProgramsFile = Static<typeof ProgramsFile>
