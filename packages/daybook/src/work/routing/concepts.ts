// Very common words of English, Russian and Chinese that mean the same; one line is one meaning.

import { plainForm, scriptOf } from '../../text/fold.ts'
import { stemOf } from '../../text/stems.ts'

const meanings = `
calculate compute calculation calculator | рассчитать рассчитай рассчитайте расчет посчитать посчитай подсчитать вычислить вычисли вычисление калькулятор | 计算 算 算出 计算器
estimate estimation | оценить оцени оценка прикинуть | 估算 估计 预估
convert conversion exchange | конвертировать конвертируй конвертация конвертер перевести переведи переводить обмен обменять пересчитать | 换算 兑换 转换 换成 换
search find lookup seek | найти найди найдите поиск поищи поищите искать ищу отыскать отыщи подыскать подыщи подобрать подбери подберите | 搜索 查找 搜 找 查 查询 寻找 检索
translate translation translator | перевести переведи переведите перевод переводить переводчик | 翻译 译 译成
remind reminder reminders | напомнить напомни напомните напоминание напоминалка | 提醒 备忘
note notes memo | заметка заметки записать запиши записка | 笔记 记下 便签 记录
summary summarize summarise summarization digest outline recap | резюме сводка обобщить обобщи обзор конспект кратко суммировать пересказать перескажи | 总结 摘要 概括 概要 归纳
weather forecast | погода прогноз | 天气 天气预报 气象 预报
price prices cost pricing | цена цены стоимость расценки прайс почем стоит | 价格 价钱 费用 价 报价 多少钱
send | отправить отправь отправьте послать пошли выслать вышли | 发送 发 寄 发给
write compose draft | написать напиши напишите составить составь сочинить | 写 撰写 编写 起草
read | прочитать прочитай читать прочти | 读 阅读 朗读
create generate make build | создать создай создайте создание сгенерировать сгенерируй генерация построить построй составить составь | 创建 生成 新建 制作 建立
delete remove erase | удалить удали удалите удаление стереть сотри убрать | 删除 移除 删掉 清除
check verify validate inspect | проверить проверь проверьте проверка проверять | 检查 核对 验证 校验 核实
analyze analyse analysis analytics | анализ анализировать проанализировать проанализируй разобрать разбери | 分析 解析
compare comparison | сравнить сравни сравнение сопоставить | 比较 对比
plan planning schedule | план планировать спланировать спланируй запланировать запланируй расписание график | 计划 规划 安排 日程 制定
book reserve reservation booking | забронировать забронируй бронь бронирование заказать | 预订 预定 订
buy purchase order | купить купи покупка заказ заказать закупка | 购买 买 下单 订单
sell sale sales | продать продажа продажи | 销售 卖 出售
pay payment | оплатить оплати оплата платеж заплатить | 支付 付款 缴费
download | скачать скачай загрузить | 下载
upload | загрузить загрузи выгрузить | 上传
translate language | язык языки | 语言
explain describe | объяснить объясни объясните описать опиши | 解释 说明 描述
track monitor follow | отследить отслеживать отслеживание следить учет учитывать | 跟踪 追踪 监控 记账
count number quantity | посчитать количество число счетчик | 数量 统计 计数
edit change modify update | изменить измени редактировать отредактируй исправить обновить обнови | 修改 编辑 更改 更新
call phone telephone | позвонить позвони звонок телефон | 电话 打电话 拨打
meeting appointment | встреча встречу совещание собрание | 会议 约会 开会
calendar | календарь | 日历
task todo | задача задачи | 任务 待办
message | сообщение сообщения | 消息 信息 短信
mail email letter | почта письмо письма мейл имейл | 邮件 电子邮件 邮箱 信
document file | документ документы файл | 文档 文件
report | отчет отчеты доклад | 报告 报表
article | статья статьи статью | 文章
text | текст | 文本 文字
image picture photo | картинка изображение фото фотография рисунок | 图片 图像 照片
draw | нарисовать нарисуй рисовать | 画 绘制 画图
video film movie | видео фильм кино | 视频 电影 影片
music song | музыка песня песню | 音乐 歌曲 歌
news | новость новости | 新闻 资讯
map route directions | карта маршрут | 地图 路线 导航
trip travel journey tour | поездка путешествие поездки тур | 旅行 旅游 出行 行程 出差
itinerary | маршрут | 行程 路线
flight flights airline airfare | рейс рейсы перелет авиабилет авиабилеты самолет | 航班 机票 飞机票 飞机
hotel hotels accommodation lodging | отель отели гостиница гостиницы жилье | 酒店 宾馆 旅馆 住宿
ticket tickets | билет билеты | 票 车票
train railway | поезд поезда | 火车 高铁 列车
taxi cab | такси | 出租车 打车
restaurant cafe | ресторан рестораны кафе | 餐厅 饭店 餐馆
food meal dish | еда блюдо | 食物 菜 美食
recipe | рецепт рецепты | 食谱 菜谱
money cash | деньги | 钱 现金
currency | валюта валюты | 货币 外币 币种
rate rates | курс курсы ставка | 汇率 利率
dollar dollars usd | доллар доллары | 美元 美金
euro euros eur | евро | 欧元
ruble rubles rouble rub | рубль рубли | 卢布
yuan renminbi cny rmb | юань юани | 人民币
tax taxes | налог налоги | 税 税款 个税
invoice bill | счет фактура накладная | 发票 账单
expense expenses spending | расход расходы трата траты затраты | 支出 开支 花费 开销
budget | бюджет | 预算
profit earnings | прибыль доход | 利润 收益 盈利
bank | банк | 银行
contract agreement | договор контракт соглашение | 合同 协议
law legal legislation | закон законы юридический законодательство | 法律 法规
company business firm | компания фирма бизнес предприятие | 公司 企业
client customer | клиент клиенты покупатель | 客户 顾客
supplier vendor | поставщик поставщики | 供应商
product goods item | товар товары продукт | 产品 商品 货物
market | рынок | 市场
delivery shipping shipment | доставка доставить доставку отгрузка | 送货 配送 运输 快递 物流
logistics transport transportation freight | логистика перевозка транспорт | 物流 运输 货运
weight | вес | 重量
distance | расстояние | 距离
time clock | время часы | 时间 时钟
date day | дата день | 日期
timer alarm | таймер будильник | 定时器 闹钟 倒计时
deadline | срок дедлайн | 截止日期 期限
requirement requirements | требование требования | 要求 需求
internet web online | интернет сеть веб онлайн | 互联网 网络 网上 上网 网页
site website page | сайт страница | 网站 网页
code program programming | код программа программирование | 代码 程序 编程
error bug | ошибка ошибки баг | 错误 故障
test testing | тест тестировать тестирование | 测试
database | база | 数据库
data | данные | 数据
table spreadsheet | таблица | 表格
chart graph plot diagram | график диаграмма | 图表 曲线图
password | пароль | 密码
user account | пользователь аккаунт | 用户 账户 账号
question answer | вопрос ответ | 问题 回答
word dictionary | слово словарь | 单词 词典
name | имя название | 名字 名称
address | адрес | 地址
city town | город | 城市
country | страна | 国家
doctor medical health | врач доктор здоровье медицинский | 医生 健康 医疗
medicine drug | лекарство лекарства таблетка | 药 药品
book | книга книги книгу | 书 图书
lesson course study learn | урок курс учеба учить обучение | 课程 学习
work job vacancy | работа вакансия вакансии | 工作 职位 招聘
house home apartment | дом квартира | 房子 公寓 住房
car vehicle | машина автомобиль авто | 汽车 车
game | игра игры | 游戏
sport fitness workout | спорт тренировка фитнес | 运动 健身 锻炼
random | случайный случайное | 随机
unit units measure | единица единицы | 单位
temperature degrees | температура | 温度 气温
rain snow | дождь снег | 下雨 下雪 雨 雪
tender tenders procurement bid bids | тендер тендеры закупка закупки госзакупки | 招标 采购 投标
`

const byWord = new Map<string, number[]>()

function learn(key: string, meaning: number): void {
  const known = byWord.get(key)
  if (known === undefined) byWord.set(key, [meaning])
  else if (!known.includes(meaning)) known.push(meaning)
}

for (const [meaning, line] of meanings.trim().split('\n').entries()) {
  for (const entry of line.split(/[ |]+/)) {
    const plain = plainForm(entry)
    learn(plain, meaning)
    learn(stemOf(plain, scriptOf(plain)), meaning)
  }
}

const none: readonly number[] = []

/** The meanings of a word, as numbers that are good for comparing and nothing else. */
export function meaningsOf(plain: string, stem: string): readonly number[] {
  return byWord.get(plain) ?? byWord.get(stem) ?? none
}
