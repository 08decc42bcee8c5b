// What a run is saying right now: plain blocks, of which only the last one is drawn again.

import { memo } from 'react'
import type { LiveBlock, LiveRun } from './model/live-text.ts'
import { t } from './words.ts'

const Block = memo(function Block({ block }: { readonly block: LiveBlock }) {
  if (block.type === 'call') return <p className="text-soft">{t('calls', { name: block.text })}</p>
  const look = block.type === 'reasoning' ? 'border-l-2 border-rule pl-3 text-soft italic' : ''
  return (
    <p dir="auto" className={`whitespace-pre-wrap ${look}`}>
      {block.text}
    </p>
  )
})

export const LiveRunRow = memo(function LiveRunRow({ run }: { readonly run: LiveRun }) {
  return (
    <div className="log-row grid-row" data-live={run.run}>
      <span className="gutter text-soft" aria-hidden="true">
        …
      </span>
      <div className="reading text-read">
        {run.blocks.map((block) => (
          <Block key={block.key} block={block} />
        ))}
        {run.progress !== null && <p className="text-soft">{run.progress}</p>}
      </div>
    </div>
  )
})
