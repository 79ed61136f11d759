/** Conversations that need a person: alerts first, then those who wait. Kept up to date while somebody is logged in. */
import { ProblemError, parse } from '@jiefen/shared'
import type { Choice, ConversationState, Expecting, RawCard, RiskLevel, Role } from '@jiefen/shared'
import { reactive } from 'vue'
import { staff } from './session'

export interface Cue {
  text: string
  start: number
  end: number
  category: string
  level: RiskLevel
  seq?: number
}

export interface Alert {
  id: number
  conversation_id: string
  kind: 'crisis' | 'undelivered'
  level: RiskLevel
  cues: Cue[]
  count: number
  opened_at: string
  last_at: string
  resident_safe_at?: string | null
  acknowledged_at: string | null
  closed_at: string | null
  note?: string
}

export interface QueueItem {
  conversation_id: string
  contact_channel: string
  state: ConversationState
  risk_level: RiskLevel
  crisis_level: RiskLevel | null
  case_number: string | null
  dispute_type?: string | null
  waiting_since: string | null
  operator?: { id: number; name: string } | null
  last_message_at: string
  created_at?: string
  preview: string
  alert: Alert | null
}

export interface StaffMessage {
  seq: number
  role: Role
  text: string
  choices: Choice[]
  card: RawCard | null
  created_at: string
  name?: string
  delivery?: string
  risk_level?: RiskLevel | null
  cues?: Cue[]
  edits?: Record<string, unknown> | null
}

export interface Evidence {
  id: string
  name: string
  media_type: string
  size: number
  created_at: string
}

export interface StaffConversation extends QueueItem {
  expecting?: Expecting | null
  draft: Record<string, unknown> | null
  messages: StaffMessage[]
  alerts: Alert[]
  evidence: Evidence[]
}

export type Queue = 'attention' | 'mine' | 'all'
type Page = { items: QueueItem[]; total: number }

const BASE = '/staff/conversations'
const path = (id: string, act = ''): string => `${BASE}/${encodeURIComponent(id)}${act}`

export const listQueue = (queue: Queue): Promise<Page> => staff<Page>(BASE, { query: { queue, page_size: 50 } })
export const showConversation = (id: string): Promise<StaffConversation> => staff<StaffConversation>(path(id))
export const take = (id: string): Promise<unknown> => staff(path(id, '/take'), { method: 'POST' })
export const handBack = (id: string): Promise<unknown> => staff(path(id, '/hand_back'), { method: 'POST' })
export const resume = (id: string): Promise<unknown> => staff(path(id, '/resume'), { method: 'POST' })
export const reply = (id: string, text: string, clientMessageId: string): Promise<StaffMessage> => staff<StaffMessage>(path(id, '/messages'), { method: 'POST', json: { text, client_message_id: clientMessageId } })
export const evidenceUrl = (id: string, evidence: string): string => `/api/v1${path(id, `/evidence/${encodeURIComponent(evidence)}`)}`
export const answerAlert = (id: number, note: string, close: boolean): Promise<Alert> => staff<Alert>(`/staff/alerts/${id}`, { method: 'POST', json: { note, close } })

/** What the whole console watches. `changed` counts what was heard per conversation, so that an open one reloads. */
export const desk = reactive<{ alerts: Alert[]; attention: QueueItem[]; mine: string[]; live: boolean; problem: string; loaded: boolean; changed: Record<string, number>; typing: Record<string, number> }>({
  alerts: [],
  attention: [],
  mine: [],
  live: false,
  problem: '',
  loaded: false,
  changed: {},
  typing: {},
})

const POLL_MS = 8_000
const GATHER_MS = 250
let running = false
let socket: WebSocket | null = null
let pollTimer: ReturnType<typeof setInterval> | undefined
let retryTimer: ReturnType<typeof setTimeout> | undefined
let gatherTimer: ReturnType<typeof setTimeout> | undefined

export function startDesk(): void {
  if (running) return
  running = true
  void refresh()
  connect()
  pollTimer = setInterval(() => void (desk.live || refresh()), POLL_MS)
}

export function stopDesk(): void {
  running = false
  clearInterval(pollTimer)
  clearTimeout(retryTimer)
  clearTimeout(gatherTimer)
  socket?.close()
  socket = null
  Object.assign(desk, { alerts: [], attention: [], mine: [], live: false, loaded: false, problem: '', changed: {}, typing: {} })
}

export async function refresh(): Promise<void> {
  try {
    const [alerts, attention, mine] = await Promise.all([staff<{ items: Alert[] }>('/staff/alerts'), listQueue('attention'), listQueue('mine')])
    if (!running) return
    desk.alerts = alerts.items
    desk.attention = attention.items
    desk.mine = mine.items.map((i) => i.conversation_id)
    desk.problem = ''
    desk.loaded = true
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    desk.problem = error.message
  }
}

export function sayTyping(conversation: string): void {
  if (socket?.readyState === 1) socket.send(JSON.stringify({ type: 'typing', conversation_id: conversation }))
}

function connect(): void {
  if (!running) return
  const open = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v1/staff/ws`)
  socket = open
  open.onopen = () => {
    desk.live = true
    void refresh()
  }
  open.onmessage = (event) => heard(event.data)
  open.onclose = () => {
    if (socket !== open) return
    socket = null
    desk.live = false
    if (running) retryTimer = setTimeout(connect, 4_000)
  }
}

function heard(data: unknown): void {
  const frame = typeof data === 'string' ? parse(data) : null
  if (typeof frame !== 'object' || frame === null) return
  const event = frame as { type?: string; conversation_id?: string; alert?: Alert }
  if (event.type === 'typing' && event.conversation_id) {
    desk.typing[event.conversation_id] = Date.now()
    return
  }
  const id = event.conversation_id ?? event.alert?.conversation_id
  if (id) desk.changed[id] = (desk.changed[id] ?? 0) + 1
  // A busy minute sends many events; the lists are read once for a handful of them.
  clearTimeout(gatherTimer)
  gatherTimer = setTimeout(() => void refresh(), GATHER_MS)
}
