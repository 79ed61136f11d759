/** The conversation as one ordered list: what the server confirmed, then what still waits on this device. */
import type { Message, Turn } from '@jiefen/shared'
import type { Entry } from './outbox'

export interface Bubble {
  key: string
  message: Message
  /** waiting: not yet confirmed · refused: the server will not take it · undefined: confirmed. */
  pending?: 'waiting' | 'refused'
  problem?: string
  entry?: Entry
}

export class Transcript {
  private readonly bySeq = new Map<number, Message>()
  private readonly words = new Map<string, string>()

  /** The highest number up to which nothing is missing; replay asks from here. */
  get contiguous(): number {
    let n = 0
    while (this.bySeq.has(n + 1)) n += 1
    return n
  }

  get size(): number {
    return this.bySeq.size
  }

  merge(messages: readonly Message[]): void {
    for (const message of messages) {
      if (Number.isInteger(message.seq)) this.bySeq.set(message.seq, message)
    }
  }

  /** True when the turn's messages start after a hole: what the other tab or an operator said is missing. */
  hasGap(turn: Turn): boolean {
    const first = Math.min(...turn.messages.map((m) => m.seq))
    return Number.isFinite(first) && first > this.contiguous + 1
  }

  /** The log calls every change of the sheet the same; what was changed is worth reading while the page knows it. */
  word(clientMessageId: string, shown: string): void {
    this.words.set(clientMessageId, shown)
  }

  private worded(message: Message): Message {
    const shown = message.client_message_id ? this.words.get(message.client_message_id) : undefined
    return shown === undefined ? message : { ...message, text: shown }
  }

  knows(clientMessageId: string): boolean {
    for (const message of this.bySeq.values()) if (message.client_message_id === clientMessageId) return true
    return false
  }

  /** A confirmed message that the server's reply did not repeat gets the place just before the reply. */
  addOwn(entry: Entry, turn: Turn): void {
    if (this.knows(entry.id)) return
    const first = Math.min(...turn.messages.map((m) => m.seq))
    const seq = (Number.isFinite(first) ? first : this.last + 1) - 0.5
    this.bySeq.set(seq, { seq, role: 'resident', text: entry.shown, created_at: new Date(entry.at).toISOString(), client_message_id: entry.id })
  }

  get last(): number {
    return Math.max(0, ...this.bySeq.keys())
  }

  bubbles(outbox: readonly Entry[]): Bubble[] {
    const known = new Set<string>()
    const confirmed = [...this.bySeq.values()].sort((a, b) => a.seq - b.seq)
    for (const m of confirmed) if (m.client_message_id) known.add(m.client_message_id)
    const waiting = outbox.filter((e) => !known.has(e.id))
    return [...confirmed.map((message) => ({ key: message.client_message_id ?? `s${message.seq}`, message: this.worded(message) })), ...waiting.map(pendingBubble)]
  }
}

function pendingBubble(entry: Entry): Bubble {
  const message: Message = { seq: Number.MAX_SAFE_INTEGER, role: 'resident', text: entry.shown, created_at: new Date(entry.at).toISOString() }
  const bubble: Bubble = { key: entry.id, message, pending: entry.refused === undefined ? 'waiting' : 'refused', entry }
  if (entry.refused !== undefined) bubble.problem = entry.refused
  return bubble
}

/** The bubble whose buttons may still be pressed: the last thing said to the resident, while nothing was answered. */
export function activeBubble(bubbles: readonly Bubble[]): Bubble | null {
  const last = bubbles[bubbles.length - 1]
  if (!last || last.message.role === 'resident') return null
  for (let i = bubbles.length - 1; i >= 0; i -= 1) {
    const bubble = bubbles[i]
    if (!bubble || bubble.message.role === 'resident') return null
    if ((bubble.message.choices?.length ?? 0) > 0 || bubble.message.card) return bubble
  }
  return null
}
