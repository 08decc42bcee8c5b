// The words of the page in Russian.

import type { dictionary as english } from './en.ts'
import type { SameAs } from './words.ts'

export const dictionary: SameAs<typeof english> = {
  home: 'Главная',
  find: 'Поиск',
  status: 'Состояние',
  notHere: 'По этому адресу ничего нет.',
  toHome: 'В начало',
}
