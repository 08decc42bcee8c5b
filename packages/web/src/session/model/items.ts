// What a timeline is made of: items, one for each thing that happened, and rows, which group calls that follow each other.

/** Where an item stands in the log. An entry may hold several items; the first has the number 0. */
interface Placed {
  /** `seq.number`, and for ever the same: an item that grows keeps the key it began with. */
  readonly key: string
  readonly seq: number
  /** RFC 3339. */
  readonly at: string
  readonly by: string
  readonly run?: string | undefined
  /** Names the entries it was made of: two items with the same key and stamp are the same. */
  readonly stamp: string
}

export interface MessageItem extends Placed {
  readonly type: 'message'
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly text: string
  readonly name?: string | undefined
  readonly agent?: string | undefined
  readonly model?: string | undefined
  readonly tokens?: number | undefined
  readonly cost?: number | undefined
  /** How the answer ended where it did not end well, as its metadata tells. */
  readonly partial: boolean
}

export interface ReasoningItem extends Placed {
  readonly type: 'reasoning'
  readonly text: string
  readonly duration: number | undefined
}

/** `open`: no result stands in what is read; only the state of the run says whether it is still at work. */
export type CallState = 'open' | 'done' | 'failed' | 'unknown'

export interface ToolItem extends Placed {
  readonly type: 'tool'
  readonly id: string
  readonly name: string
  readonly input: unknown
  readonly output: unknown
  readonly state: CallState
  /** When what was called was begun; absent: at once. */
  readonly began?: string | undefined
  /** Of the entry that holds the result. */
  readonly ended?: { readonly seq: number; readonly at: string } | undefined
}

export interface EditItem extends Placed {
  readonly type: 'edit'
  readonly path: string
  readonly operation: 'create' | 'update' | 'delete' | 'rename'
  readonly to?: string | undefined
  readonly before?: string | undefined
  readonly after?: string | undefined
  readonly added?: number | undefined
  readonly removed?: number | undefined
  readonly diff?: string | undefined
}

export interface FileItem extends Placed {
  readonly type: 'file'
  readonly name: string
  readonly media: string
  readonly size: number | undefined
  readonly blob: string | undefined
  readonly url: string | undefined
}

export interface OutputItem extends Placed {
  readonly type: 'output'
  readonly process: string
  readonly stream: 'out' | 'err'
  /** The newest of it, at most `mostOutput` characters. */
  readonly text: string
  readonly from: number
  readonly to: number
  /** Bytes that lie before `text`, in the log or nowhere. */
  readonly cut: number
  readonly lastSeq: number
}

export interface ApprovalItem extends Placed {
  readonly type: 'approval'
  readonly id: string
  readonly summary: string
  readonly digest: string
  readonly input: unknown
  readonly deciders: readonly string[]
  readonly until: string | undefined
  readonly state: 'open' | 'approved' | 'denied' | 'expired'
  readonly decided?: { readonly by: string; readonly at: string; readonly comment: string | undefined } | undefined
}

export interface QuestionItem extends Placed {
  readonly type: 'question'
  readonly id: string
  readonly summary: string
  readonly until: string | undefined
  readonly state: 'open' | 'answered'
  readonly answer: unknown
}

/** A step of which nobody knows whether it took effect. */
export interface OutcomeItem extends Placed {
  readonly type: 'outcome'
  readonly step: string
  readonly name: string
  readonly state: 'open' | 'retry' | 'done' | 'fail'
  readonly reason: string | undefined
  readonly resolvedBy: string | undefined
}

export interface SummaryItem extends Placed {
  readonly type: 'summary'
  readonly text: string
  readonly covers: number
}

export interface NoteItem extends Placed {
  readonly type: 'note'
  readonly kind: string
  readonly text: string
}

/** A ruled line: something that divides the log rather than fills it. */
export interface RuleItem extends Placed {
  readonly type: 'rule'
  readonly what:
    | 'opened'
    | 'fork'
    | 'handoff'
    | 'rewound'
    | 'archived'
    | 'reopened'
    | 'trashed'
    | 'restored'
    | 'deleted'
  readonly text: string
  readonly detail: string
  readonly link?: { readonly session: string; readonly seq: number } | undefined
}

/** How a run went: queued, began, waited, ended. */
export interface RunItem extends Placed {
  readonly type: 'run'
  readonly state: 'queued' | 'started' | 'waiting' | 'done' | 'failed' | 'cancelled' | 'steered' | 'changed'
  readonly text: string
  readonly reason: string | undefined
  /** RFC 3339: until when it waits. */
  readonly until: string | undefined
  readonly duration: number | undefined
  readonly cost: number | undefined
}

export interface ProcessItem extends Placed {
  readonly type: 'process'
  readonly process: string
  readonly state: 'starting' | 'ready' | 'busy' | 'idle' | 'exited' | 'lost' | 'told' | 'interrupted'
  readonly text: string
}

/** Nothing that most readers look for; shown as one faint line. */
export interface QuietItem extends Placed {
  readonly type: 'quiet'
  readonly kind: string
  readonly text: string
}

/** What an entry held was erased; that it stood there stays. */
export interface ErasedItem extends Placed {
  readonly type: 'erased'
  readonly kind: string
}

export type Item =
  | MessageItem
  | ReasoningItem
  | ToolItem
  | EditItem
  | FileItem
  | OutputItem
  | ApprovalItem
  | QuestionItem
  | OutcomeItem
  | SummaryItem
  | NoteItem
  | RuleItem
  | RunItem
  | ProcessItem
  | QuietItem
  | ErasedItem

/** Calls that follow each other, quiet lines that follow each other, or one item alone. */
export interface Row {
  readonly key: string
  readonly from: number
  /** The last entry that has its place here: also those behind the items that are not shown, or shown within others. */
  readonly to: number
  readonly group: 'tools' | 'quiet' | null
  readonly items: readonly Item[]
}

/** Characters of the output of one process that one item shows; the rest is looked at in a viewer of its own. */
export const mostOutput = 64 << 10
