// Whom callers are while a server or a command line cannot tell them apart: the one who owns this machine.

import type { Scope } from './store/store.ts'

export const localScope: Scope = Object.freeze({ tenant: 'default', subjects: Object.freeze(['local']) })
