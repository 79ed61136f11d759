/** The four calls of a conversation, and the two a resident makes beside it. */
import { request } from '@jiefen/shared'
import type { OpenedConversation, Outgoing, Turn } from '@jiefen/shared'
import type { Session } from './session'

const ROOT = '/api/v1'

export function openConversation(): Promise<OpenedConversation> {
  return request<OpenedConversation>(`${ROOT}/conversations`, { method: 'POST', json: { contact_channel: 'web' } })
}

/** The server may wait 20 s for the dialogue; give it more before the line counts as dropped. */
export function sendMessage(session: Session, body: Outgoing): Promise<Turn> {
  return request<Turn>(`${ROOT}/conversations/${session.id}/messages`, { method: 'POST', json: body, token: session.token, timeoutMs: 45_000 })
}

export function messagesAfter(session: Session, seq: number): Promise<Turn> {
  return request<Turn>(`${ROOT}/conversations/${session.id}/messages`, { query: { after: seq }, token: session.token })
}

export function socketUrl(session: Session, after: number, origin: string = location.origin): string {
  return `${origin.replace(/^http/, 'ws')}${ROOT}/conversations/${session.id}/ws?after=${after}`
}

export interface Progress {
  number: string
  status: string
  status_text?: string
  organisation?: unknown
  updated_at?: string
  created_at?: string
  next_step?: string
  appointment?: string | null
  history?: { at: string; status?: string; text?: string; note?: string }[]
}

export function progressOf(number: string, code: string): Promise<Progress> {
  return request<Progress>(`${ROOT}/cases/${encodeURIComponent(number)}/progress`, { query: { code } })
}
