// Stands in for a dialog whose code is on its way: what is typed meanwhile goes into it, and no letter is taken for a key.

import { Dialog } from '../parts/dialog.tsx'

interface OpeningProps {
  readonly label: string
  readonly text: string
  readonly onText: (text: string) => void
  readonly onClose: () => void
}

export function Opening({ label, text, onText, onClose }: OpeningProps) {
  return (
    <Dialog label={label} onClose={onClose}>
      <input
        autoFocus
        aria-label={label}
        value={text}
        onChange={({ target }) => onText(target.value)}
        className="w-full bg-sheet px-4 py-3 text-title outline-none"
      />
    </Dialog>
  )
}
