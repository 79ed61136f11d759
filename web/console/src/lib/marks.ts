import type { Cue } from './desk'

export interface Part {
  text: string
  level?: string
}

/** The words of the cues, without those that lie inside longer ones. */
export function distinct(cues: readonly Pick<Cue, 'text'>[]): string[] {
  const words = [...new Set(cues.map((c) => c.text))]
  return words.filter((word) => !words.some((other) => other !== word && other.includes(word)))
}

/** A text cut at its risk cues. Offsets count characters as Python does (code points); overlapping cues are joined. */
export function marked(text: string, cues: readonly Pick<Cue, 'start' | 'end' | 'level'>[]): Part[] {
  const characters = Array.from(text)
  const parts: Part[] = []
  let at = 0
  for (const cue of [...cues].sort((a, b) => a.start - b.start)) {
    const start = Math.max(cue.start, at)
    const end = Math.min(cue.end, characters.length)
    if (end <= start) continue
    if (start > at) parts.push({ text: characters.slice(at, start).join('') })
    const words = characters.slice(start, end).join('')
    const before = parts[parts.length - 1]
    if (start === at && before?.level === cue.level) before.text += words
    else parts.push({ text: words, level: cue.level })
    at = end
  }
  if (at < characters.length) parts.push({ text: characters.slice(at).join('') })
  return parts
}
