/** Evidence: checked here first, so that nobody waits for ten minutes to hear “too large”. The server checks again. */
import { ProblemError, parse, problemFrom } from '@jiefen/shared'
import type { Turn } from '@jiefen/shared'
import type { Session } from './session'

export const MAX_BYTES = 10 * 1024 * 1024

/** The same kinds as backend/conversations/uploads.py. */
const KINDS: Record<string, string> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  heic: 'image/heic',
  pdf: 'application/pdf',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  amr: 'audio/amr',
  mp4: 'video/mp4',
}

export const ACCEPT = Object.keys(KINDS).map((e) => `.${e}`).join(',')
export const KINDS_TEXT = '照片、PDF、Word、录音或 MP4 视频'

export interface Upload {
  id: string
  name: string
  size: number
  progress: number
  state: 'sending' | 'done' | 'failed'
  problem?: string
}

/** Why this file cannot be sent, in a sentence; null when it can. */
export function refusal(file: { name: string; size: number }): string | null {
  const extension = file.name.includes('.') ? (file.name.split('.').pop() ?? '').toLowerCase() : ''
  if (!(extension in KINDS)) return `“${file.name}”的格式传不了，请传${KINDS_TEXT}。`
  if (file.size === 0) return `“${file.name}”是空的，请重新选一个。`
  if (file.size > MAX_BYTES) return `“${file.name}”有 ${sizeText(file.size)}，超过了 10 MB。可以拍小一点，或分几次传。`
  return null
}

export function sizeText(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}

/** XMLHttpRequest, because fetch does not tell how far an upload is. */
export function send(session: Session, id: string, file: File, onProgress: (part: number) => void): Promise<Turn> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/v1/conversations/${session.id}/evidence`)
    request.setRequestHeader('Authorization', `Bearer ${session.token}`)
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(parse(request.responseText) as Turn)
      else reject(new ProblemError(problemFrom(request.status, parse(request.responseText))))
    }
    const away = (): void => reject(new ProblemError({ code: 'offline', status: 0, detail: '网络断了，文件没有传完，请点“重试”。' }))
    request.onerror = away
    request.ontimeout = away
    request.timeout = 180_000
    const form = new FormData()
    form.append('client_message_id', id) // the same on a retry, so that a file that did arrive is not kept twice
    form.append('file', file, file.name)
    request.send(form)
  })
}
