// One hit: its address, what it says around the words that were found, who said it in which session, and how long ago.

import type { HitShape, SessionShape } from 'daybook/client'
import { Age } from '../parts/age.tsx'
import { actorOf, titleOf } from '../parts/session-text.ts'
import { Snippet } from './snippet.tsx'

interface HitLineProps {
  readonly id: string
  readonly hit: HitShape
  readonly session: SessionShape | undefined
  readonly chosen: boolean
  readonly onPoint: () => void
  readonly onOpen: () => void
}

export function HitLine({ id, hit, session, chosen, onPoint, onOpen }: HitLineProps) {
  return (
    // The keys of the field go through the hits; the pointer may, too.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      onPointerMove={onPoint}
      onClick={onOpen}
      className="cursor-pointer px-3 py-2 aria-selected:bg-chosen"
    >
      <div className="flex items-baseline gap-3 text-small text-soft">
        <code className="figures">
          {session?.tail ?? hit.session_id}@{hit.seq}
        </code>
        <span dir="auto" className="min-w-0 flex-1 truncate">
          {session ? titleOf(session) : ''}
        </span>
        <span dir="auto">{actorOf(hit.actor)}</span>
        <Age at={hit.at} />
      </div>
      <p dir="auto" className="line-clamp-3">
        <Snippet snippet={hit.snippet} />
      </p>
    </div>
  )
}
