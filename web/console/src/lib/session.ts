/** Who is logged in. The session itself is an HttpOnly cookie that no script can read; only its CSRF token is kept here, in memory. */
import { ProblemError, request } from '@jiefen/shared'
import type { RequestOptions } from '@jiefen/shared'
import { reactive, readonly } from 'vue'

export interface StaffUser {
  username: string
  display_name: string
  role: 'operator' | 'supervisor' | 'admin'
  active?: boolean
}

const state = reactive<{ user: StaffUser | null; csrf: string; checked: boolean }>({ user: null, csrf: '', checked: false })
export const session = readonly(state)

let onLost: () => void = () => undefined
/** Called when the server no longer knows the session, wherever that is noticed. */
export function whenLost(handler: () => void): void {
  onLost = handler
}

/** A staff request: reading needs the cookie, anything else the CSRF token as well. */
export async function staff<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const writes = options.method !== undefined && options.method !== 'GET'
  const headers: Record<string, string> = { ...options.headers, ...(writes && state.csrf !== '' ? { 'X-CSRF-Token': state.csrf } : {}) }
  try {
    return await request<T>(`/api/v1${path}`, { ...options, headers })
  } catch (error) {
    if (error instanceof ProblemError && error.status === 401 && state.user !== null) {
      forget()
      onLost()
    }
    throw error
  }
}

export async function restore(): Promise<void> {
  if (state.checked) return
  try {
    const answer = await request<{ user: StaffUser; csrf_token: string | null }>('/api/v1/me')
    remember(answer.user, answer.csrf_token ?? '')
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
  }
  state.checked = true
}

export async function login(username: string, password: string): Promise<void> {
  const answer = await request<{ user: StaffUser; csrf_token: string }>('/api/v1/login', { method: 'POST', json: { username, password } })
  remember(answer.user, answer.csrf_token)
}

export async function logout(): Promise<void> {
  try {
    await staff('/logout', { method: 'POST' })
  } finally {
    forget()
  }
}

function remember(user: StaffUser, csrf: string): void {
  Object.assign(state, { user, csrf, checked: true })
}

function forget(): void {
  Object.assign(state, { user: null, csrf: '', checked: true })
}

export const ROLE_NAMES: Record<StaffUser['role'], string> = { operator: '坐席', supervisor: '主管', admin: '管理员' }
