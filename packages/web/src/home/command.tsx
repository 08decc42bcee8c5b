// A command as it is typed, with what copies it.

import { Copy } from 'lucide-react'
import { t } from '../i18n/base.ts'
import { announce } from '../parts/announce.tsx'
import { Button } from '../parts/button.tsx'
import { errorText } from '../parts/errors.ts'

export function Command({ text }: { text: string }) {
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      announce(t('copied'))
    } catch (error) {
      announce(errorText(error), 'urgent') // the browser refused: the text stands there to be selected
    }
  }
  return (
    <span className="inline-flex items-center gap-1">
      <code className="rounded-small bg-well px-2 py-1 text-small">{text}</code>
      <Button look="quiet" onClick={() => void copy()} aria-label={t('copyCommand', { command: text })}>
        <Copy aria-hidden size={14} />
      </Button>
    </span>
  )
}
