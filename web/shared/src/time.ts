/** Times for people are Beijing time, whatever the device's clock zone says. */

const ZONE = 'Asia/Shanghai'
const partsOf = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})
const WEEKDAYS = ['日', '一', '二', '三', '四', '五', '六']

interface Parts {
  year: string
  month: string
  day: string
  hour: string
  minute: string
}

function parts(value: Date): Parts {
  const found = Object.fromEntries(partsOf.formatToParts(value).map((p) => [p.type, p.value]))
  return found as unknown as Parts
}

function dateOf(value: string | number | Date): Date | null {
  const date = value instanceof Date ? value : new Date(value)
  return Number.isNaN(date.getTime()) ? null : date
}

/** `2026-11-27` in Beijing. */
export function dayKey(value: string | number | Date): string {
  const date = dateOf(value)
  if (!date) return ''
  const p = parts(date)
  return `${p.year}-${p.month}-${p.day}`
}

/** `14:05` in Beijing. */
export function clock(value: string | number | Date): string {
  const date = dateOf(value)
  if (!date) return ''
  const p = parts(date)
  return `${p.hour}:${p.minute}`
}

/** 今天 / 昨天 / 11月25日 星期三 / 2025年3月2日. */
export function dayLabel(value: string | number | Date, now: Date = new Date()): string {
  const date = dateOf(value)
  if (!date) return ''
  const key = dayKey(date)
  if (key === dayKey(now)) return '今天'
  if (key === dayKey(now.getTime() - 86_400_000)) return '昨天'
  const p = parts(date)
  const plain = `${Number(p.month)}月${Number(p.day)}日`
  if (p.year !== parts(now).year) return `${p.year}年${plain}`
  const weekday = new Date(`${key}T12:00:00Z`).getUTCDay()
  return `${plain} 星期${WEEKDAYS[weekday] ?? ''}`
}

/** `2026-11-27 14:05` in Beijing. */
export function dateTime(value: string | number | Date | null | undefined): string {
  if (value === null || value === undefined || value === '') return '—'
  return dateOf(value) ? `${dayKey(value)} ${clock(value)}` : '—'
}

/** 刚刚 / 12分钟 / 3小时20分 / 2天: how long something has waited. */
export function waited(since: string | number | Date | null | undefined, now: Date = new Date()): string {
  const date = since === null || since === undefined ? null : dateOf(since)
  if (!date) return '—'
  const minutes = Math.max(0, Math.floor((now.getTime() - date.getTime()) / 60_000))
  if (minutes < 1) return '刚刚'
  if (minutes < 60) return `${minutes}分钟`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 === 0 ? `${hours}小时` : `${hours}小时${minutes % 60}分`
  return `${Math.floor(hours / 24)}天`
}
