/**
 * The public contract as the browser sees it (docs/api.md, /api/openapi.json).
 *
 * Written by hand, because a resident's page must keep working when a card gains a field: everything that is
 * not needed to show a turn is optional here.
 */

export type ConversationState = 'intake' | 'confirming' | 'filed' | 'handoff' | 'crisis' | 'redirected' | 'closed'
export type Role = 'resident' | 'bot' | 'operator' | 'system'
export type RiskLevel = 'R0' | 'R1' | 'R2' | 'R3'
export type AdminLevel = 'community' | 'street' | 'district' | 'city'
export type CaseStatus =
  | 'submitted'
  | 'accepted'
  | 'assigned'
  | 'mediating'
  | 'referred'
  | 'returned'
  | 'settled'
  | 'failed'
  | 'rejected'
  | 'withdrawn'
  | 'closed'

export interface Choice {
  title: string
  value: string
}

export interface Expecting {
  slot: string
  kind: string
  optional: boolean
}

/** A card as the server sends it; `kind` decides how it is drawn. See chat/src/lib/cards.ts. */
export type RawCard = Record<string, unknown> & { kind?: string }

export interface Message {
  seq: number
  role: Role
  text: string
  choices?: Choice[] | null
  card?: RawCard | null
  created_at?: string
  client_message_id?: string | null
  /** Of operators, when they are named. */
  name?: string
}

export interface Turn {
  messages: Message[]
  expecting: Expecting | null
  state: ConversationState
  case_number?: string | null
  /** A replay that was too long for one answer goes on after its last line. */
  has_more?: boolean
}

export interface OpenedConversation extends Turn {
  conversation_id: string
  token: string
}

/** What a resident sends; exactly one of text, choice and edits is set. */
export interface Outgoing {
  client_message_id: string
  text?: string
  choice?: string
  edits?: Record<string, unknown>
}

export interface Organisation {
  name: string
  phone?: string
  address?: string
  hours?: string
  placeholder?: boolean
}
