// Draws a finished text as Markdown. In a chunk of its own; raw HTML stays text, and nothing from outside is loaded.

import type { MarkedToken, Token, Tokens } from 'marked'
import { Fragment, memo, type ReactNode } from 'react'
import { markdownTokens, safeAddress, withSigns } from './model/markdown.ts'

/** Parsed once for each text. */
export const Markdown = memo(function Markdown({ text }: { readonly text: string }) {
  const tokens = markdownTokens(text)
  return tokens === null ? <p className="whitespace-pre-wrap">{text}</p> : drawn(tokens)
})

function drawn(tokens: readonly Token[] = []): ReactNode {
  // Tokens of one text never change places.
  // biome-ignore lint/suspicious/noArrayIndexKey: there is no better name for them
  return tokens.map((token, index) => <Fragment key={index}>{one(token as MarkedToken)}</Fragment>)
}

/** Of what no extension adds, as none is in use. */
function one(token: MarkedToken): ReactNode {
  switch (token.type) {
    case 'space':
    case 'def':
      return null
    case 'heading':
      return <Heading depth={token.depth}>{drawn(token.tokens)}</Heading>
    case 'paragraph':
      return <p>{drawn(token.tokens)}</p>
    case 'blockquote':
      return <blockquote>{drawn(token.tokens)}</blockquote>
    case 'hr':
      return <hr />
    case 'br':
      return <br />
    case 'list':
      return <List list={token} />
    case 'list_item':
      return <li>{drawn(token.tokens)}</li>
    case 'code':
      return <Code text={token.text} />
    case 'table':
      return <Table table={token} />
    case 'strong':
      return <strong>{drawn(token.tokens)}</strong>
    case 'em':
      return <em>{drawn(token.tokens)}</em>
    case 'del':
      return <del>{drawn(token.tokens)}</del>
    case 'codespan':
      return <code>{token.text}</code>
    case 'link':
      return <Link href={token.href}>{drawn(token.tokens)}</Link>
    case 'image':
      // An image would tell its server who reads; its words stand for it.
      return <Link href={token.href}>{withSigns(token.text) || token.href}</Link>
    case 'checkbox':
      return <input type="checkbox" checked={token.checked} disabled />
    case 'escape':
      return token.text
    case 'text':
      return token.tokens === undefined ? withSigns(token.text) : drawn(token.tokens)
    case 'html':
      return token.raw
  }
}

/** The one heading of the screen is its title; those of texts stand below it, whatever they begin with. */
function Heading({ depth, children }: { readonly depth: number; readonly children: ReactNode }) {
  const Level = (['h2', 'h3', 'h4', 'h5', 'h6', 'h6'] as const)[depth - 1] ?? 'h6'
  return <Level>{children}</Level>
}

function Link({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  const address = safeAddress(withSigns(href))
  if (address === undefined) return children
  return (
    <a href={address} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  )
}

function List({ list: { ordered, start, items } }: { readonly list: Tokens.List }) {
  return ordered ? <ol start={Number(start)}>{drawn(items)}</ol> : <ul>{drawn(items)}</ul>
}

function Code({ text }: { readonly text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: code scrolls inside its box, also by keyboard
    <pre tabIndex={0} dir="ltr">
      <code>{text}</code>
    </pre>
  )
}

function Table({ table: { header, rows } }: { readonly table: Tokens.Table }) {
  const cells = (row: readonly Tokens.TableCell[], Cell: 'td' | 'th'): ReactNode =>
    row.map(({ tokens, align }, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: columns never change places
      <Cell key={index} style={align === null ? undefined : { textAlign: align }}>
        {drawn(tokens)}
      </Cell>
    ))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: tables scroll inside their box, also by keyboard
    <div className="wide" tabIndex={0}>
      <table>
        <thead>
          <tr>{cells(header, 'th')}</tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows never change places
            <tr key={index}>{cells(row, 'td')}</tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
