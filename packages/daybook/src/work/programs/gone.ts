// Whether nothing can be written into a session any more, which is no fault of whoever looks after its processes.

import { isDaybookError } from '../../schema/errors.ts'

export function isGone(error: unknown): boolean {
  return isDaybookError(error) && ['gone', 'not_found', 'trashed'].includes(error.code)
}
