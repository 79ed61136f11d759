/** The calls of a conversation, and those a resident makes beside it. */
import { ProblemError, parse, problemFrom, request } from '@jiefen/shared'
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
  /** Other cases of the same story. */
  linked?: string[]
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

export interface ResumeCode {
  code: string
  days: number
}

/** The code with which another device takes this conversation up. */
export function resumeCode(session: Session): Promise<ResumeCode> {
  return request<ResumeCode>(`${ROOT}/conversations/${session.id}/resume-code`, { token: session.token })
}

/** With a code alone: the unfinished conversation. With a case number: a fresh conversation about that case. */
export function comeBack(code: string, number: string): Promise<OpenedConversation> {
  const json = number === '' ? { code } : { code, number }
  return request<OpenedConversation>(`${ROOT}/conversations/resume`, { method: 'POST', json })
}

export type StatementKind = 'docx' | 'pdf'

/**
 * The statement as a file.
 *
 * @throws ProblemError for every failure; status 0 when nothing answered.
 */
export async function statementFile(session: Session, kind: StatementKind): Promise<Blob> {
  let response: Response
  try {
    response = await fetch(`${ROOT}/conversations/${session.id}/statement.${kind}`, { headers: { Authorization: `Bearer ${session.token}` }, credentials: 'same-origin' })
  } catch {
    throw new ProblemError({ code: 'offline', status: 0, detail: '网络连接断了，连上以后再下载。' })
  }
  if (!response.ok) throw new ProblemError(problemFrom(response.status, parse(await response.text())))
  return response.blob()
}
