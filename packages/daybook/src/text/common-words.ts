// Words of English, Russian and Chinese that say little about which skill is meant.

const list = (...lines: readonly string[]): ReadonlySet<string> => new Set(lines.join(' ').split(' '))

/** Never compared with skills: grammar, politeness, and what people say to whoever they ask something. */
export const emptyWords = list(
  'a an the this that these those some any each every all both such it its is are was were be been being am do does did',
  'done doing have has had having will would shall should can could may might must of for to from in on at by with',
  'without within into onto about between among over under per via as than then so and or but nor if whether not no yes',
  'i me my mine myself you your yours we us our ours he him his she her hers they them their theirs who whom whose which',
  'what when where why how there here just only also too very really quite please pls thanks thank hi hello hey ok okay',
  'want wants wanted need needs needed like would could let lets give gives tell get gets got getting s t m re ve ll d don',
  'doesn isn aren wasn won couldn wouldn im ive id out up down off again more most much many lot lots something anything',
  'someone anyone one ones other another thing things help include included including',
  'и в во на с со к ко у о об обо от до из за по под над при про для без через между перед после около не ни но а да или',
  'либо если то же ли бы б что чтобы как так также тоже это этот эта эти этого этой этом этому этих этим тот та те того той',
  'тех тем я меня мне мной мы нас нам наш наша наше наши нашу ты тебя тебе твой вы вас вам ваш ваша он она оно они его ее',
  'их им ему ей ним ней них мой моя мое мои мою моего моей моих свой свою свои своего себя кто кого кому где когда куда',
  'откуда почему зачем какой какая какое какие какую какого каких какова каков который которая которые сколько есть быть',
  'был была было были будет будут буду можно можешь можете могу мог бы надо нужно нужен нужна нужны хочу хочет хотим',
  'хотелось пожалуйста спасибо привет здравствуй здравствуйте добрый вот там тут здесь очень еще уже только лишь просто',
  'дай дайте сделай сделайте сделать помоги помогите ну весь вся все всего всех вообще',
  '的 了 吗 呢 吧 啊 呀 嘛 哦 嗯 么 是 在 有 和 与 及 或 或者 而 但 但是 也 都 就 还 又 再 很 太 更 最 把 被 给 给我 对 对于 从',
  '到 向 往 以 为 为了 于 由 让 使 用 个 一 一个 一下 一些 一点 些 这 这个 这些 这份 这篇 这段 那 那个 那些 我 我们 我的 你 你们 您 他 她 它 他们',
  '请 请问 请帮 麻烦 谢谢 你好 您好 帮 帮我 帮忙 帮助 我想 我要 想 想要 要 需要 能 能不能 能否 可以 可不可以 可否 会 会不会 应该 怎么 怎样 样 怎么样 如何 什么',
  '为什么 哪 哪个 哪些 哪里 哪儿 谁 多少 几 几个 是不是 有没有 没有 不 没 中 里 上 下 去 来 做 成 成为 关于 并 并且 如果 那么 所以 因为 来着 位 份 篇 段 条 张 次 件',
)

/** Compared, but not missed: a skill is not worse for saying nothing of when, how new or how well. */
export const lightWords = list(
  'now today tonight tomorrow yesterday currently current latest recent recently new newest last next soon quick quickly',
  'fast good best better near nearby week month year day hour minute monday tuesday wednesday thursday friday saturday',
  'sunday january february march april june july august september october november december morning evening show make',
  'makes made take put go see look key main full whole first second',
  'сейчас сегодня завтра вчера послезавтра теперь текущий текущая текущее текущие последний последняя последние последнюю',
  'новый новая новые свежий свежие быстро срочно скоро рядом вечером утром неделя неделю неделе месяц году год года час',
  'часов минут понедельник вторник среда среду четверг пятница пятницу суббота субботу воскресенье января февраля марта',
  'апреля мая июня июля августа сентября октября ноября декабря покажи покажите показать скажи скажите сказать узнать',
  'узнай лучший лучшие хороший хорошие главный главные основные весь',
  'один одна одно два две три четыре пять шесть семь восемь девять десять поставь поставить подготовь подготовить',
  'two three four five six seven eight nine ten set prepare 二 三 四 五 六 七 八 九 十 一天 两天 三天 几天',
  '现在 今天 今晚 明天 昨天 后天 目前 当前 最新 最近 新 快 马上 立刻 附近 好 最好 下周 本周 上周 下个月 本月 今年 明年 去年 星期一 星期二 星期三 星期四 星期五 周一 周二 周三 周四 周五 周末 早上 晚上 上午 下午 点 点钟 分钟 小时 月 号 日 年 看 看看 看一下 告诉 告诉我 说 讲 知道 了解',
)

/** What follows these usually is a value for the skill, such as a place, and no name for what it does. */
export const beforeValues = list('in at near from to в во из на около до 在 从 到 去')
