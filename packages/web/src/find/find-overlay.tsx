// Find over whatever is shown: Escape goes back there, and what was looked for last is there again.

import { useNavigate } from '@tanstack/react-router'
import { t } from '../i18n/base.ts'
import { Dialog } from '../parts/dialog.tsx'
import { FindPanel } from './find-panel.tsx'

let last = ''

interface OverlayProps {
  /** Typed before this was here. */
  readonly early: string
  readonly onClose: () => void
}

export function FindOverlay({ early, onClose }: OverlayProps) {
  const navigate = useNavigate()
  return (
    <Dialog label={t('findEverywhere')} onClose={onClose} wide>
      <FindPanel
        over
        q={early || last}
        onQuery={(wanted) => {
          last = wanted
        }}
        onOpen={(address) => {
          onClose()
          void navigate({ to: '/s/$address', params: { address } })
        }}
      />
    </Dialog>
  )
}
