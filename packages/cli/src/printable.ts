/** Control characters, invisible ones such as bidi overrides, and the separators of lines and paragraphs. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** `text` for a terminal or a JSON text: what could steer a terminal or hide is shown as JSON escapes it, `\u001b`. */
export function printable(text: string): string {
  return text.replaceAll(UNSAFE, escaped)
}

const LINE_END = '\n'

/**
 * The bytes of a body for a terminal: UTF-8, in which tabs and line ends stay and all other control characters are
 * escaped. The last line has a line break, so that the prompt of the shell begins a new line.
 */
export async function* printableBody(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let held = ''
  let last = LINE_END
  const shown = (text: string): string => {
    const clean = text
      .replaceAll('\r\n', LINE_END)
      .replaceAll(UNSAFE, (char) => (/[\t\n]/.test(char) ? char : escaped(char)))
    last = clean.at(-1) ?? last
    return clean
  }
  for await (const chunk of body) {
    const text = held + decoder.decode(chunk, { stream: true })
    // Its line feed may be in the next chunk.
    held = text.endsWith('\r') ? '\r' : ''
    yield shown(text.slice(0, text.length - held.length))
  }
  yield shown(held + decoder.decode())
  if (last !== LINE_END) yield LINE_END
}

function escaped(char: string): string {
  return char
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
