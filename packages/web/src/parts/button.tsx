// Buttons: one that does what is wanted most, plain ones, and one that does harm.

import type { ComponentProps } from 'react'

const looks = { plain: '', first: 'button-solid', harm: 'button-harm', quiet: 'button-quiet' } as const

interface ButtonLook {
  readonly look?: keyof typeof looks
}

export function Button({ look = 'plain', className = '', ...rest }: ComponentProps<'button'> & ButtonLook) {
  return <button type="button" {...rest} className={`button target ${looks[look]} ${className}`} />
}
