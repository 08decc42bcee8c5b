// Finds the time zone that a text names: an IANA name, UTC, or a large city in three languages.

const cities: Readonly<Record<string, string>> = {
  'Europe/Moscow': 'moscow|москв\\p{L}+|莫斯科',
  'Europe/London': 'london|лондон\\p{L}*|伦敦',
  'Europe/Paris': 'paris|париж\\p{L}*|巴黎',
  'Europe/Berlin': 'berlin|берлин\\p{L}*|柏林',
  'Europe/Madrid': 'madrid|мадрид\\p{L}*|马德里',
  'Europe/Rome': 'rome|рим(?:е)?|罗马',
  'Europe/Istanbul': 'istanbul|стамбул\\p{L}*|伊斯坦布尔',
  'Europe/Kyiv': 'kyiv|kiev|киев\\p{L}*|基辅',
  'Asia/Shanghai': 'beijing|shanghai|пекин\\p{L}*|шанха\\p{L}+|北京|上海|中国',
  'Asia/Hong_Kong': 'hong kong|гонконг\\p{L}*|香港',
  'Asia/Tokyo': 'tokyo|токио|东京',
  'Asia/Seoul': 'seoul|сеул\\p{L}*|首尔',
  'Asia/Singapore': 'singapore|сингапур\\p{L}*|新加坡',
  'Asia/Dubai': 'dubai|дуба\\p{L}+|迪拜',
  'Asia/Kolkata': 'delhi|mumbai|дели|мумба\\p{L}+|德里|孟买',
  'Asia/Almaty': 'almaty|алмат\\p{L}+|阿拉木图',
  'Asia/Yekaterinburg': 'yekaterinburg|екатеринбург\\p{L}*|叶卡捷琳堡',
  'Asia/Novosibirsk': 'novosibirsk|новосибирск\\p{L}*|新西伯利亚',
  'Asia/Vladivostok': 'vladivostok|владивосток\\p{L}*|海参崴|符拉迪沃斯托克',
  'Australia/Sydney': 'sydney|сидне\\p{L}+|悉尼',
  'America/New_York': 'new york|нью-йорк\\p{L}*|纽约',
  'America/Chicago': 'chicago|чикаго|芝加哥',
  'America/Los_Angeles': 'los angeles|san francisco|лос-анджелес\\p{L}*|сан-франциско|洛杉矶|旧金山',
  'America/Sao_Paulo': 'são paulo|sao paulo|сан-паулу|圣保罗',
  UTC: 'utc|gmt|по гринвичу|协调世界时',
}
const patterns = Object.entries(cities).map(
  ([zone, names]) =>
    [
      zone,
      new RegExp(
        `(?<![\\p{Script=Latin}\\p{Script=Cyrillic}])(?:${names})(?![\\p{Script=Latin}\\p{Script=Cyrillic}])`,
        'iu',
      ),
    ] as const,
)
const named = new Map(Intl.supportedValuesOf('timeZone').map((zone) => [zone.toLowerCase(), zone]))

/** Null where none is named. */
export function zoneIn(text: string): string | null {
  const iana = /(?<![\w/])[a-z]+(?:\/[a-z_+-]+){1,2}(?![\w/])/i.exec(text)?.[0]
  const known = iana === undefined ? undefined : named.get(iana.toLowerCase())
  return known ?? patterns.find(([, pattern]) => pattern.test(text))?.[0] ?? null
}
