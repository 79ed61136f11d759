/** What a key means in the text box. */

export interface KeyLike {
  key: string
  shiftKey: boolean
  ctrlKey: boolean
  altKey: boolean
  metaKey: boolean
  isComposing: boolean
  keyCode?: number
}

/**
 * Enter sends; Shift+Enter breaks the line. While a pinyin or handwriting keyboard is composing, Enter belongs to it:
 * `isComposing` says so, and Safari, which clears that flag one event too early, says 229 instead.
 */
export function sends(event: KeyLike): boolean {
  if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return false
  return !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey
}

/** Alt+1 … Alt+9 picks a button from anywhere (0-based index), a bare digit only when no text box has the focus. */
export function choiceIndex(event: KeyLike, inTextBox: boolean): number | null {
  if (event.isComposing || event.ctrlKey || event.metaKey || !/^[1-9]$/.test(event.key)) return null
  return event.altKey || !inTextBox ? Number(event.key) - 1 : null
}

const COUNTED = new Set(['amount', 'people', 'phone', 'date'])

/** “2” and Enter means the second button, unless the question itself asks for a number. */
export function typedChoice(text: string, choices: number, kind: string | undefined): number | null {
  const typed = text.trim().replace(/[１-９]/g, (c) => String(c.charCodeAt(0) - 0xff10))
  if (!/^[1-9]$/.test(typed) || (kind !== undefined && COUNTED.has(kind))) return null
  const index = Number(typed) - 1
  return index < choices ? index : null
}
