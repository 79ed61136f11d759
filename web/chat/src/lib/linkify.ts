/** Makes the help lines in a bot's sentence tappable; everything else stays plain text. */

export interface Piece {
  text: string
  tel?: string
}

// Only numbers a resident is ever told to call. “第110条” and “120元” are not phone numbers.
// The character before is captured instead of looked behind at: Safari before 16.4 refuses to parse a look-behind.
const LINES = /(^|[^\d第.-])(110|119|120|122|12338|12345|12348|12355|12356|12333|12315)(?![\d.]|\s*(?:条|元|块|万|天|岁|名|人|户|页|项|平))/g

export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let from = 0
  for (const match of text.matchAll(LINES)) {
    const number = match[2] ?? ''
    const start = match.index + (match[1] ?? '').length
    if (start > from) found.push({ text: text.slice(from, start) })
    found.push({ text: number, tel: number })
    from = start + number.length
  }
  if (from < text.length) found.push({ text: text.slice(from) })
  return found
}
