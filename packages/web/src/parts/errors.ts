// Refusals in the reader's language: what happened by its code, and what the server said about it.

import { isDaybookError } from 'daybook/client'
import { t } from '../i18n/base.ts'

const said = {
  unreachable: 'error_unreachable',
  shutting_down: 'error_unreachable',
  store_readonly: 'error_readonly',
  store_full: 'error_full',
  not_found: 'error_notFound',
  gone: 'error_gone',
  forbidden: 'error_forbidden',
  unauthenticated: 'error_forbidden',
} as const

export function errorText(error: unknown): string {
  if (!isDaybookError(error)) return t('error_other', { text: String(error) })
  const key = (said as Readonly<Partial<Record<string, (typeof said)[keyof typeof said]>>>)[error.code]
  return key === undefined ? t('error_other', { text: error.message }) : t(key)
}
