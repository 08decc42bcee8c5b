// A command as it is typed: pressing it copies it.

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
    <Button className="font-mono" onClick={() => void copy()} aria-label={t('copyCommand', { command: text })}>
      <span className="select-text">{text}</span>
      <Copy aria-hidden size={14} className="text-link" />
    </Button>
  )
}
