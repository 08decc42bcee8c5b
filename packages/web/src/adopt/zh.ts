// The words of copying in what other agents left, in Chinese.

import type { SameAs } from '../i18n/words.ts'
import type { dictionary as english } from './en.ts'

export const dictionary: SameAs<typeof english> = {
  leftHere: { other: '这里有 {n} 个其他代理的会话文件：' },
  copyThemIn: '要收入吗？只读取它们的文件，一切留在这台机器上，密钥会被遮盖。',
  notOpened: '在你同意之前不打开任何文件：只知道名称、大小和日期。',
  newest: '最新的在 {time}前',
  copyIn: '收入',
  followToo: '今后也收入这些代理的新回合',
  orCommand: '或在终端中：',
  keyFirst: '只有你可以让人读取它们',
  adopting: '正在收入其他代理留下的内容',
  looking: '正在查找文件…',
  filesOf: { other: '{done} / {n} 个文件' },
  bytesOf: '{done} / {all}',
  goesOn: '你看别的内容时它会继续，关闭此页面也一样。',
  adopted: '其他代理留下的内容已在这里',
  report_added: { other: '{n} 个新会话' },
  report_grown: { other: '{n} 个有新增' },
  report_unchanged: { other: '{n} 个没有变化' },
  report_messages: { other: '{n} 条消息' },
  report_calls: { other: '{n} 次工具调用' },
  report_repositories: { other: '{n} 个仓库' },
  report_branches: { other: '{n} 个分支' },
  masked: { other: '遮盖了 {n} 个密钥：' },
  partial: { other: '{n} 个文件在行中间结束：已收入到那里为止。' },
  leftAlone: { other: '{n} 个你在这里删除过的会话没有改动。' },
  problems: { other: '{n} 个文件未能收入' },
  isFollowed: '今后这些代理的新回合会自动收入。要停止：',
  failed: '收入提前结束：{text}',
  whatIsHere: '在此之前收入的内容已在这里。',
  goOn: '继续',
  findInIt: '在其中查找',
}
