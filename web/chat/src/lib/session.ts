/**
 * Where the browser keeps a conversation.
 *
 * localStorage, so that a phone that throws the tab away loses nothing; but a new tab asks "is this yours?" before it
 * shows a word of it, because many residents share a device (a family phone, the library's computer). The mark that
 * this tab already answered lives in sessionStorage.
 */
import { newId } from '@jiefen/shared'

const KEY = 'jiefen.session'
const DRAFT = 'jiefen.draft'
const TAB = 'jiefen.tab'

export interface Session {
  id: string
  token: string
  usedAt: number
}

/** Storage that never throws: private windows and full disks must not stop a resident from talking. */
export const safeStorage = {
  get(store: 'local' | 'session', key: string): string | null {
    try {
      return (store === 'local' ? localStorage : sessionStorage).getItem(key)
    } catch {
      return null
    }
  },
  set(store: 'local' | 'session', key: string, value: string): void {
    try {
      ;(store === 'local' ? localStorage : sessionStorage).setItem(key, value)
    } catch {
      // Nothing to do: the words still go to the server, only surviving a reload is lost.
    }
  },
  remove(store: 'local' | 'session', key: string): void {
    try {
      ;(store === 'local' ? localStorage : sessionStorage).removeItem(key)
    } catch {
      // see above
    }
  },
}

export function loadSession(): Session | null {
  const raw = safeStorage.get('local', KEY)
  if (raw === null) return null
  try {
    const value = JSON.parse(raw) as Partial<Session>
    if (typeof value.id !== 'string' || typeof value.token !== 'string') return null
    return { id: value.id, token: value.token, usedAt: typeof value.usedAt === 'number' ? value.usedAt : 0 }
  } catch {
    return null
  }
}

export function saveSession(session: Session): void {
  safeStorage.set('local', KEY, JSON.stringify(session))
  safeStorage.set('session', TAB, session.id)
}

/** True when this tab opened (or already confirmed) the stored conversation. */
export function isThisTabs(session: Session): boolean {
  return safeStorage.get('session', TAB) === session.id
}

export function loadDraft(): string {
  return safeStorage.get('local', DRAFT) ?? ''
}

export function saveDraft(text: string): void {
  if (text === '') safeStorage.remove('local', DRAFT)
  else safeStorage.set('local', DRAFT, text)
}

/** Remove every trace of the conversation from this device; how large the type is stays. */
export function forgetSession(): void {
  safeStorage.remove('local', KEY)
  safeStorage.remove('session', TAB)
}

export { newId }
