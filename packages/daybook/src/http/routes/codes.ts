// The key of the user for the code of a printed address, so that a page knows it without its being typed.

import { DaybookError } from '../../schema/errors.ts'
import { TakenCode, UserKey } from '../../schema/wire-processes.ts'
import { keyHint } from '../../work/queue.ts'
import { type Route, route } from '../route.ts'

const take = route(
  {
    method: 'POST',
    path: '/key',
    operation: 'takeCode',
    tag: 'server',
    summary: 'The key of the user, for the code of a printed address',
    details:
      'A code is good once, and only as long as its server lives. The page gives it and takes it out of its address.',
    body: TakenCode,
    example: { code: 'Vv3uG2l0bqY8sJ5fXcN1Zw' },
    answers: {
      200: {
        description: 'The key.',
        schema: UserKey,
        example: { key: 'p3uG2l0bqY8sJ5fXcN1ZwVv3uG2l0bqY8sJ5fXcN1Zw' },
      },
    },
    errors: ['unauthenticated'],
    writes: true,
  },
  async ({ context: { codes, programs }, body, key }) => {
    if (programs === null || !codes.take(body.code, key?.id ?? null)) {
      throw new DaybookError('unauthenticated', 'this code was used, or is none of this server', { hint: keyHint })
    }
    return { body: JSON.stringify({ key: programs.key }) }
  },
)

export const codeRoutes: readonly Route[] = [take]
