// Styles that a library writes into the page, under a policy that lets no inline styles in: each becomes a sheet.

/** An element that shows nothing; what is written into it as text is the text of a sheet of the document. */
function sheetElement(create: Document['createElement']): HTMLElement {
  const element = create('template')
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

/** While `make` runs, style elements that it asks the document for are such elements. The emulator takes no other document for all of them. */
export function withStyleSheets(make: () => void): void {
  const create = document.createElement.bind(document)
  document.createElement = ((tag: string, options?: ElementCreationOptions) =>
    tag === 'style' ? sheetElement(create) : create(tag, options)) as Document['createElement']
  try {
    make()
  } finally {
    document.createElement = create
  }
}
