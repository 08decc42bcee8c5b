// The completion script for zsh; it is sourced, or lies as _daybook in a folder of $fpath.

import type { Offers } from './offers.ts'
import { sharedFunctions } from './shared.ts'

export function zshScript(offers: Offers): string {
  return `#compdef daybook
# Completes daybook in zsh.   source <(daybook completion zsh)   behind compinit

${sharedFunctions(offers)}
_daybook() {
  local program=\${(Q)words[1]} word files here count want plain
  local -a place offers described
  _daybook_read "\${(@Q)words[2,CURRENT-1]}"
  if [[ -z $want && -z $plain && $PREFIX == --*=* ]]; then
    want=\${PREFIX%%=*}
    compset -P '*='
  fi
  _daybook_gather "$PREFIX"
  for word in "\${offers[@]}"; do
    word=\${word//\\\\/\\\\\\\\}
    described+=("\${\${word%%$'\\t'*}//:/\\\\:}\${\${word#*$'\\t'}:+:\${word#*$'\\t'}}")
  done
  local found=1
  (($#described > 0)) && _describe -V -t daybook daybook described && found=0
  [[ -n $files ]] && _files && found=0
  return found
}

if [[ $funcstack[1] == _daybook ]]; then
  _daybook "$@"
else
  compdef _daybook daybook
fi
`
}
