// The completion script for bash, from version 3.2 on, without any helper package.

import type { Offers } from './offers.ts'
import { sharedFunctions } from './shared.ts'

export function bashScript(offers: Offers): string {
  return `# Completes daybook in bash.   source <(daybook completion bash)

${sharedFunctions(offers)}
# Readline breaks words at = : @ too. They are put together again, and what it has broken off is left out of the answer.
_daybook() {
  local program=$1 line=\${COMP_LINE:0:COMP_POINT} word current broken offered given=''
  local here count want plain files
  local -a typed place offers
  typed=()
  for word in "\${COMP_WORDS[@]:0:COMP_CWORD}"; do
    if ((\${#typed[@]} > 0)) && [[ $line == "$word"* ]]; then
      typed[\${#typed[@]}-1]+=$word
    else
      line=\${line#"\${line%%[![:space:]]*}"}
      typed+=("$word")
    fi
    line=\${line#"$word"}
  done
  if [[ $line == [[:space:]]* ]]; then
    current=\${line#"\${line%%[![:space:]]*}"}
  else
    current=\${typed[\${#typed[@]}-1]}$line
    unset "typed[\${#typed[@]}-1]"
  fi
  _daybook_read "\${typed[@]:1}"
  broken=\${current%"\${current##*[$COMP_WORDBREAKS]}"}
  if [[ -z $want && -z $plain && $current == --*=* ]]; then
    want=\${current%%=*} given=\${current%%=*}=
  fi
  _daybook_gather "$current"
  COMPREPLY=()
  for word in \${offers[@]+"\${offers[@]}"}; do
    offered=$given\${word%%$'\\t'*}
    [[ $offered == "$current"* ]] && COMPREPLY+=("\${offered#"$broken"}")
  done
  # Names of files are readline's own business: it knows how to quote them.
  if [[ -n $files ]]; then
    compopt -o default 2>/dev/null || COMPREPLY+=($(compgen -f -- "\${current#"$broken"}"))
  fi
}

complete -F _daybook daybook
`
}
