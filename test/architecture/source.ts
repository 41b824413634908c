/** A source text without its comments, and with each string, template text and regular expression replaced. */
export interface MaskedSource {
  /** Same number of lines as the source; a string literal stands as `"§n§"`, the n-th of `strings`. */
  readonly code: string
  readonly strings: readonly string[]
}

const afterRegex = /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|else|do|void|delete|throw|new))\s*$/

/** Reads just enough of the language to know code from comment and string; never throws. */
export function maskSource(text: string): MaskedSource {
  const strings: string[] = []
  const openTemplates: number[] = [] // depth of braces at which each `${` closes
  let code = ''
  let depth = 0
  let at = 0
  while (at < text.length) {
    const char = text[at]
    if (text.startsWith('//', at)) skipTo(indexOf('\n', at))
    else if (text.startsWith('/*', at)) skipTo(indexOf('*/', at + 2) + 2)
    else if (char === "'" || char === '"') readString(char)
    else if (char === '`') readTemplate()
    else if (char === '/' && afterRegex.test(code.slice(-40))) readRegex()
    else if (char === '}' && openTemplates.at(-1) === depth) {
      openTemplates.pop()
      depth--
      readTemplate()
    } else {
      if (char === '{') depth++
      if (char === '}') depth--
      code += char
      at++
    }
  }
  return { code, strings }

  function indexOf(part: string, from: number): number {
    const found = text.indexOf(part, from)
    return found === -1 ? text.length : found
  }

  function skipTo(end: number): void {
    code += text.slice(at, end).replaceAll(/[^\n]+/g, ' ')
    at = end
  }

  function readString(quote: string): void {
    const end = endOf(at + 1, (char) => char === quote || char === '\n')
    code += `"§${strings.push(text.slice(at + 1, end)) - 1}§"`
    at = end + 1
  }

  /** From the opening backtick, or from the brace that closes `${…}`, to the next `${` or the closing backtick. */
  function readTemplate(): void {
    const end = endOf(at + 1, (char, index) => char === '`' || text.startsWith('${', index))
    code += ` ${text.slice(at, end).replaceAll(/[^\n]/g, '')}`
    if (text[end] === '$') {
      openTemplates.push(++depth)
      code += '+'
    } else code += '""'
    at = text[end] === '$' ? end + 2 : end + 1
  }

  function readRegex(): void {
    let inClass = false
    const end = endOf(at + 1, (char) => {
      if (char === '[') inClass = true
      if (char === ']') inClass = false
      return (char === '/' && !inClass) || char === '\n'
    })
    code += '""'
    at = text[end] === '\n' ? end : end + 1
  }

  function endOf(from: number, isEnd: (char: string | undefined, index: number) => boolean): number {
    let index = from
    while (index < text.length && !isEnd(text[index], index)) index += text[index] === '\\' ? 2 : 1
    return Math.min(index, text.length)
  }
}

/** What a file imports or re-exports, types too, statically or with a literal `import()`; in order, once each. */
export function importsOf({ code, strings }: MaskedSource): readonly string[] {
  const specifiers = code.matchAll(/(?<![.\w$#])(?:from|import)\s*\(?\s*"§(\d+)§"/g)
  return [...new Set([...specifiers].map(([, index]) => strings[Number(index)] ?? ''))]
}

/** 1-based line of an offset in `code`. */
export function lineAt(code: string, offset: number): number {
  return code.slice(0, offset).split('\n').length
}
