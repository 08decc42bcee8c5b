// The words of the page in Chinese.

import type { dictionary as english } from './en.ts'
import type { SameAs } from './words.ts'

export const dictionary: SameAs<typeof english> = {
  home: '首页',
  find: '查找',
  status: '状态',
  notHere: '此地址没有内容。',
  toHome: '回到首页',
}
