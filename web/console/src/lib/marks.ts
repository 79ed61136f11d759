import type { Cue } from './desk'

export interface Part {
  text: string
  level?: string
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
    parts.push({ text: characters.slice(start, end).join(''), level: cue.level })
    at = end
  }
  if (at < characters.length) parts.push({ text: characters.slice(at).join('') })
  return parts
}
