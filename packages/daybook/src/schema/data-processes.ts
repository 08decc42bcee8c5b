// The shapes of what programs and their processes leave in a log.

import { Type } from 'typebox'
import { Count, HashText, Id, Label, oneOf, Text } from './parts.ts'
import { driverNames, gitKinds, signs } from './states.ts'

const closed = { additionalProperties: false } as const
const live = { process_id: Id, run_id: Type.Optional(Id) }
const span = {
  stream: oneOf(['out', 'err'] as const),
  offset: Type.Integer({ minimum: 0, description: 'Of its first byte in what the process printed.' }),
  bytes: Count,
}

export const processData = Object.freeze({
  'process.output': Type.Object(
    {
      ...live,
      ...span,
      text: Type.String({ description: 'What is no UTF-8 stands as U+FFFD.' }),
    },
    {
      ...closed,
      description: 'Where the offset is beyond the end of the one before, what lies between is not in the log.',
    },
  ),
  'program.bound': Type.Object(
    { program: Label, driver: oneOf(driverNames), workdir: Text(4096), config_hash: Text(64) },
    { ...closed, description: 'What prompts to this program go to from here on, and where it works.' },
  ),
  'process.started': Type.Object(
    {
      ...live,
      program: Label,
      driver: oneOf(driverNames),
      pid: Count,
      host: Text(256),
      args: Type.Array(Type.String(), { maxItems: 1024 }),
      workdir: Text(4096),
      env_names: Type.Array(Label, { maxItems: 1024 }),
      version: Type.Optional(Text(256)),
      resumed: Type.Optional(Type.Boolean({ description: 'It was told to go on from a token.' })),
    },
    { ...closed, description: '`host` names the machine; `args` has the prompt as `{prompt}`, `env_names` no values.' },
  ),
  'process.exited': Type.Object(
    {
      ...live,
      exit_code: Type.Optional(Count),
      signal: Type.Optional(Label),
      bytes: Type.Integer({ minimum: 0, description: 'What it printed to standard output.' }),
    },
    { ...closed, description: 'With neither code nor signal: nobody saw how it ended.' },
  ),
  'process.captured': Type.Object(
    { ...live, ...span, blob: HashText },
    { ...closed, description: 'What it printed, as bytes, where it stands in the log as messages.' },
  ),
  'process.token_found': Type.Object(
    {
      ...live,
      program: Label,
      driver: oneOf(driverNames),
      // Under a name like token it would be taken for a secret.
      value: Type.String({ minLength: 1, maxLength: 256, pattern: '^[A-Za-z0-9_.:-]+$' }),
      source: oneOf(['protocol', 'output', 'given'] as const),
      version: Type.Optional(Text(256)),
      workdir: Text(4096),
      home: Type.Optional(
        Type.String({ maxLength: 4096, description: 'Where the program keeps what the value names.' }),
      ),
    },
    { ...closed, description: 'By which the program finds its own session again.' },
  ),
  'branch.state_changed': Type.Object(
    {
      run_id: Type.Optional(Id),
      workdir: Text(4096),
      branch: Type.Union([Text(1024), Type.Null()], { description: 'Null while none is checked out.' }),
      kinds: Type.Array(oneOf(gitKinds), { maxItems: 8, description: 'What is not finished.' }),
      more: Type.Boolean({ description: 'More commits will follow when this one is done.' }),
      conflicts: Count,
      files: Type.Array(Type.Object({ path: Text(4096), code: Text(2) }, closed), {
        maxItems: 512,
        description: 'Those in conflict, with who did what (UU, AA, DD, AU, UA, DU, UD).',
      }),
    },
    { ...closed, description: 'The work tree that a program works in, where it became another one.' },
  ),
  'process.token_refused': Type.Object(
    {
      ...live,
      program: Label,
      driver: oneOf(driverNames),
      value: Type.String({ minLength: 1, maxLength: 256, pattern: '^[A-Za-z0-9_.:-]+$' }),
    },
    {
      ...closed,
      description:
        'The program goes on in its own session no more, which it does not know or may not be let into: another one begins.',
    },
  ),
  'process.ready': Type.Object(
    {
      ...live,
      offset: Type.Integer({ minimum: 0, description: 'What it prints from here on answers the prompt of the run.' }),
      by: oneOf(signs),
      duration_ms: Count,
    },
    {
      ...closed,
      description: 'It takes the prompt of this run, after so many milliseconds; written before it is given.',
    },
  ),
  'process.auto_command_sent': Type.Object(
    { ...live, index: Count, text: Type.String({ maxLength: 4000 }), ok: Type.Boolean() },
    { ...closed, description: 'One of the commands that its configuration sends when it starts.' },
  ),
  'process.activity_changed': Type.Object(
    {
      ...live,
      active: Type.Boolean(),
      by: oneOf(signs),
      value: Type.Optional(Text(256)),
      seen: Type.Optional(Count),
    },
    { ...closed, description: 'Whether it is at work; `value` is what ticks, `seen` how often that was another one.' },
  ),
  'process.interrupted': Type.Object(
    { ...live, by: Label },
    { ...closed, description: 'Somebody ended its turn: by keys, by cancel, or by the signal that it took.' },
  ),
})
