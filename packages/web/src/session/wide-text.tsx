// Text that scrolls sideways inside its box: reached by keys where there is something to scroll, and passed over elsewhere.

import { type ReactNode, useEffect, useRef, useState } from 'react'

export function WideText({ className, children }: { readonly className: string; readonly children: ReactNode }) {
  const box = useRef<HTMLPreElement>(null)
  const [wide, setWide] = useState(false)
  useEffect(() => {
    const { current } = box
    if (!current) return
    const sizes = new ResizeObserver(() => setWide(current.scrollWidth > current.clientWidth))
    sizes.observe(current)
    return () => sizes.disconnect()
  }, [])
  return (
    <pre ref={box} className={className} dir="ltr" {...(wide ? { tabIndex: 0 } : {})}>
      {children}
    </pre>
  )
}
