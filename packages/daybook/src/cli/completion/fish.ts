// The completion script for fish.

import type { Offers, Place } from './offers.ts'

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

function all(words: readonly string[]): string {
  return words.map(quoted).join(' ')
}

export function fishScript(offers: Offers): string {
  return `# Completes daybook in fish.   daybook completion fish > ~/.config/fish/completions/daybook.fish

${reader(offers)}
${offerer(offers)}
complete -c daybook -f -a '(__daybook)'
`
}

function reader({ paths, valued, locating, rests }: Offers): string {
  const limits = rests.map(
    ({ path, at }) =>
      `    if test "$here" = ${quoted(path)}; and test $count -gt ${at}\n        set count ${at}\n    end`,
  )
  return `function __daybook
    set -l current (commandline -ct)
    set -l typed (commandline -opc)
    set -l program $typed[1]
    set -l here ''
    set -l count 0
    set -l want ''
    set -l plain ''
    set -l place
    for word in $typed[2..-1]
        if test -n "$want"
            if contains -- $want ${all(locating)}
                set -a place $want (string replace -r '^~/' "$HOME/" -- $word)
            end
            set want ''
        else if test -z "$plain" -a "$word" = --
            set plain 1
        else if test -z "$plain"; and string match -q -- '-*' $word
            if contains -- $word ${all(valued)}
                set want $word
            end
            if string match -q -- '*=*' $word; and contains -- (string split -m 1 = -- $word)[1] ${all(locating)}
                set -a place $word
            end
        else if test $count -eq 0; and contains -- (string trim -- "$here $word") ${all(paths)}
            set here (string trim -- "$here $word")
        else
            set count (math $count + 1)
        end
    end
${limits.join('\n')}
    set -l given ''
    if test -z "$want" -a -z "$plain"; and string match -q -- '--*=*' $current
        set want (string split -m 1 = -- $current)[1]
        set given "$want="
    end
    if test -n "$want"
        __daybook_offer "$here|$want" | string replace -r '^' -- $given
        test -n "$here"; and __daybook_offer "|$want" | string replace -r '^' -- $given
    else if test -z "$plain"; and string match -q -- '-*' $current
        __daybook_offer "$here|-"
        test -n "$here"; and __daybook_offer '|-'
    else
        __daybook_offer "$here|$count"
    end
end
`
}

function offerer({ places }: Offers): string {
  return `# What may stand at a place, a tab between the word and what it is. It sees the variables of its caller.
function __daybook_offer --no-scope-shadowing
    switch $argv[1]
${places.map(branch).join('\n')}
    end
end
`
}

function branch({ key, words, sessions, files }: Place): string {
  const lines = words.map(({ word, help }) => `            ${quoted(help === '' ? word : `${word}\t${help}`)}`)
  const does = [
    ...(lines.length > 0 ? [`            printf '%s\\n' \\\n${lines.map((line) => `    ${line}`).join(' \\\n')}`] : []),
    ...(sessions ? ['            command $program completion fish --sessions $place </dev/null 2>/dev/null'] : []),
    ...(files ? ["            __fish_complete_path (string replace -r '^--[^=]*=' '' -- $current)"] : []),
  ]
  return [`        case ${quoted(key)}`, ...does].join('\n')
}
