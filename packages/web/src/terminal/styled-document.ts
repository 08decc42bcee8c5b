// A document whose style elements work under a policy without inline styles: what is written into one becomes a sheet.

/** The emulator writes its measures into style elements, which the policy of the page would drop. */
function styleElement(): HTMLStyleElement {
  const element = document.createElement('style')
  const sheet = new CSSStyleSheet()
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  Object.defineProperty(element, 'textContent', {
    get: () => '',
    set: (text: string) => sheet.replaceSync(text),
  })
  const remove = element.remove.bind(element)
  element.remove = () => {
    remove()
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet)
  }
  return element
}

export const styledDocument: Document = new Proxy(document, {
  get(target, name) {
    if (name === 'createElement') {
      return (tag: string) => (tag === 'style' ? styleElement() : target.createElement(tag))
    }
    const value: unknown = Reflect.get(target, name, target)
    return typeof value === 'function' ? value.bind(target) : value
  },
})
