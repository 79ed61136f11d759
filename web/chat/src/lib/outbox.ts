/**
 * What the resident said and the server has not yet confirmed.
 *
 * Kept in localStorage before the first attempt, sent in order, one at a time, always under the same
 * client_message_id: the server answers a repeated id with the same reply, so sending twice is harmless.
 */
import type { Outgoing, ProblemError } from '@jiefen/shared'
import { newId, safeStorage } from './session'

const KEY = 'jiefen.outbox'

export type Body = { text: string } | { choice: string } | { edits: Record<string, unknown> }

export interface Entry {
  id: string
  conversation: string
  body: Body
  /** What the bubble shows: the words, or the title of the button. */
  shown: string
  at: number
  /** Set when the server refused it for good; the resident decides what to do with it. */
  refused?: string
}

export class Outbox {
  entries: Entry[]

  constructor(private readonly onChange: () => void = () => undefined) {
    this.entries = load()
  }

  add(conversation: string, body: Body, shown: string, at: number = Date.now()): Entry {
    const entry: Entry = { id: newId(), conversation, body, shown, at }
    this.entries.push(entry)
    this.changed()
    return entry
  }

  /** The next one to send: the first that was not refused. */
  next(conversation: string): Entry | undefined {
    return this.entries.find((e) => e.conversation === conversation && e.refused === undefined)
  }

  remove(id: string): void {
    const before = this.entries.length
    this.entries = this.entries.filter((e) => e.id !== id)
    if (this.entries.length !== before) this.changed()
  }

  refuse(id: string, problem: ProblemError): void {
    const entry = this.entries.find((e) => e.id === id)
    if (!entry) return
    entry.refused = problem.message
    this.changed()
  }

  clear(): void {
    this.entries = []
    this.changed()
  }

  private changed(): void {
    if (this.entries.length === 0) safeStorage.remove('local', KEY)
    else safeStorage.set('local', KEY, JSON.stringify(this.entries))
    this.onChange()
  }
}

function load(): Entry[] {
  try {
    const value: unknown = JSON.parse(safeStorage.get('local', KEY) ?? '[]')
    return Array.isArray(value) ? value.filter(isEntry) : []
  } catch {
    return []
  }
}

function isEntry(value: unknown): value is Entry {
  const e = value as Partial<Entry> | null
  return typeof e === 'object' && e !== null && typeof e.id === 'string' && typeof e.conversation === 'string' && typeof e.shown === 'string' && typeof e.body === 'object' && e.body !== null
}

export function asOutgoing(entry: Entry): Outgoing {
  return { client_message_id: entry.id, ...entry.body }
}

/** Seconds to wait before attempt number `n` (from 1): 1, 2, 4, 8, 15, 15 … with a little scatter. */
export function retryDelay(n: number, random: () => number = Math.random): number {
  return Math.min(15, 2 ** (n - 1)) * (0.85 + random() * 0.3)
}
