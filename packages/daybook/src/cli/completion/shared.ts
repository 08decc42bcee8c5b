// The part of a completion script that bash and zsh read alike: where the cursor is, and what is offered there.

import type { Offers, Place } from './offers.ts'

/** A word that the shell takes as it is. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** Patterns of a `case`; one that no word fits when there are none. */
export function patterns(words: readonly string[]): string {
  return words.length === 0 ? "''" : words.map(quoted).join('|')
}

export function sharedFunctions(offers: Offers): string {
  return `${reader(offers)}\n${offerer(offers)}`
}

function reader({ paths, valued, locating, rests }: Offers): string {
  const steps = paths.map((path) => (path.includes(' ') ? path : ` ${path}`))
  const locate = patterns(locating)
  const limits = rests.map(({ path, at }) => `    ${quoted(path)}) ((count > ${at})) && count=${at} ;;`)
  return `# Reads the words before the cursor: the command (here), how many arguments it has (count), the option whose value
# comes next (want), whether options are over (plain), and what says where the sessions are (place).
_daybook_read() {
  local word
  here='' count=0 want='' plain='' place=()
  for word in "$@"; do
    if [[ -n $want ]]; then
      case $want in
        ${locate}) place+=("$want" "\${word/#\\~\\//$HOME/}") ;;
      esac
      want=''
    elif [[ -z $plain && $word == -- ]]; then
      plain=1
    elif [[ -z $plain && $word == -* ]]; then
      case $word in
        ${patterns(valued)}) want=$word ;;
      esac
      case \${word%%=*} in
        ${locate}) [[ $word == *=* ]] && place+=("$word") ;;
      esac
    elif ((count == 0)) && _daybook_steps "$here $word"; then
      here=\${here:+$here }$word
    else
      count=$((count + 1))
    fi
  done
  case $here in
${limits.join('\n')}
  esac
}

_daybook_steps() {
  case $1 in
    ${patterns(steps)}) return 0 ;;
  esac
  return 1
}
`
}

function offerer({ places }: Offers): string {
  return `# Adds to offers what may stand at a place, a tab between the word and what it is; files=1 where a file may stand.
_daybook_offer() {
  case $1 in
${places.map(branch).join('\n')}
  esac
}

# Gathers the offers for the word that begins with $1.
_daybook_gather() {
  offers=() files=''
  if [[ -n $want ]]; then
    _daybook_offer "$here|$want"
    [[ -n $here ]] && _daybook_offer "|$want"
  elif [[ -z $plain && $1 == -* ]]; then
    _daybook_offer "$here|-"
    [[ -n $here ]] && _daybook_offer '|-'
  else
    _daybook_offer "$here|$count"
  fi
  return 0
}

# Asks the program itself; without a store or server it says nothing.
_daybook_sessions() {
  local line
  while IFS= read -r line; do
    offers+=("$line")
  done < <("$program" completion bash --sessions \${place[@]+"\${place[@]}"} </dev/null 2>/dev/null)
}
`
}

function branch({ key, words, sessions, files }: Place): string {
  const lines = words.map(({ word, help }) => `      ${quoted(help === '' ? word : `${word}\t${help}`)}`)
  const does = [
    ...(lines.length > 0 ? [`      offers+=(\n${lines.map((line) => `  ${line}`).join('\n')}\n      )`] : []),
    ...(sessions ? ['      _daybook_sessions'] : []),
    ...(files ? ['      files=1'] : []),
  ]
  return [`    ${quoted(key)})`, ...does, '      ;;'].join('\n')
}
