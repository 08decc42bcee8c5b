// State that outlives one session: of a person (`user:`) and of the application (`app:`), in system sessions.

import { DaybookError } from '../schema/errors.ts'
import type { SessionId } from '../schema/ids.ts'
import type { Json, JsonObject } from '../schema/json.ts'
import type { Scope } from '../store/store.ts'
import { sha256 } from './chain.ts'
import type { Caller, PlainOptions } from './contract.ts'
import { draft } from './drafts.ts'
import type { Engine } from './engine.ts'
import { keyOf } from './keys.ts'
import { openingDraft, ownerOf } from './opening.ts'
import { isObject } from './values.ts'

/** A person's state is kept under the hash of the subject, so that the id shows nobody's name. */
function sessionOf(scope: Scope, name: 'user' | 'app'): SessionId {
  return name === 'app' ? '@app' : `@user:${sha256(ownerOf(scope))}`
}

export async function sharedState(engine: Engine, scope: Scope, name: 'user' | 'app'): Promise<JsonObject> {
  const cell = await engine.writer.whole(scope.tenant).cell(sessionOf(scope, name))
  return cell?.state ?? {}
}

/** Merges a patch (RFC 7396) and gives the state after it. */
export async function setSharedState(
  engine: Engine,
  scope: Scope,
  caller: Caller,
  name: 'user' | 'app',
  patch: Json,
  options: PlainOptions = {},
): Promise<JsonObject> {
  if (!isObject(patch)) throw new DaybookError('invalid', 'a patch is an object', { field: 'patch' })
  const whole = engine.writer.whole(scope.tenant)
  const drafts = [draft({ kind: 'state.changed', data: { scope: name, patch } }, 'R', engine.redactor)]
  const owner = name === 'app' ? '@app' : ownerOf(scope)
  await engine.writer.submit(whole.scope, sessionOf(scope, name), {
    actor: caller.actor,
    opens: 'may',
    opening: openingDraft({ owner }, whole.scope, engine.redactor),
    event: 'write',
    make: () => ({ drafts }),
    ...(options.key === undefined ? undefined : { key: keyOf(caller, options.key, `state ${name}`, patch) }),
    ...(options.expect === undefined ? undefined : { expect: options.expect }),
  })
  return sharedState(engine, scope, name)
}
