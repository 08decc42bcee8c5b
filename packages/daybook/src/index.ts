// The package's entry `daybook`: the engine, its types, errors and the known secret shapes. Stores have entries of their own.

export type { AnyEntry, Entry, ErasedEntry, NewEntry, StoredEntry } from './schema/entries.ts'
export { DaybookError, type ErrorCode, errorTable, isDaybookError } from './schema/errors.ts'
export type { Attention, Cell, Facet, Head } from './schema/heads.ts'
export type { Hash, RunId, Seq, SessionId, Subject, Tenant } from './schema/ids.ts'
export type { Json, JsonObject } from './schema/json.ts'
export type { DataOf, Kind } from './schema/kinds.ts'
export type { Message, Part, Usage } from './schema/parts.ts'
export type {
  Caller,
  HandleOptions,
  KeepReport,
  OpenFields,
  OpenOptions,
  PlainOptions,
  PruneRule,
  Receipt,
  RunRecord,
  ScopedSessions,
  Session,
  Sessions,
  UpdateFields,
  WriteOptions,
} from './session/contract.ts'
export { type Redactor, redactor } from './session/redact.ts'
export { openSessions, type SessionsOptions } from './session/sessions.ts'
export type { Bundle, ImportReport } from './session/transfer/contract.ts'
export type { ViewName, ViewOf, ViewOptions } from './session/views/contract.ts'
export type { FeedItem, Key, ListPage, Mark, Query, Range, Ref, Scope, Store, Supports } from './store/store.ts'
export { defineAgent } from './work/agents/define.ts'
export type { AgentFields } from './work/agents/definition.ts'
export { callSkill } from './work/skills/call.ts'
export type { RunCaller, SkillContext, SkillDefinition } from './work/skills/contract.ts'
export { defineSkill } from './work/skills/define.ts'
