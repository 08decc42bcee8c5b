// Buttons: one that does what is wanted most, plain ones, and one that does harm.

import type { ComponentProps } from 'react'

const looks = {
  plain: 'border-edge bg-sheet text-ink hover:bg-well',
  first: 'border-solid bg-solid text-on-solid hover:opacity-90',
  harm: 'border-fail bg-sheet text-fail hover:bg-fail-well',
  quiet: 'border-transparent text-link hover:bg-well',
} as const

interface ButtonLook {
  readonly look?: keyof typeof looks
}

export function Button({ look = 'plain', className = '', ...rest }: ComponentProps<'button'> & ButtonLook) {
  return (
    <button
      type="button"
      {...rest}
      className={`target inline-flex items-center justify-center gap-1.5 rounded-small border px-2.5 py-0.5 text-body disabled:opacity-60 ${looks[look]} ${className}`}
    />
  )
}
