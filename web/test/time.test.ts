import { describe, expect, it } from 'vitest'
import { clock, dateTime, dayLabel, waited } from '../shared/src'

const NOW = new Date('2026-11-27T02:30:00Z')

describe('Beijing time, wherever the device thinks it is', () => {
  it('shows the hour of Beijing', () => expect(clock('2026-11-27T06:05:09Z')).toBe('14:05'))
  it('shows midnight as 00, not 24', () => expect(clock('2026-11-26T16:00:00Z')).toBe('00:00'))
  it('knows that it is already tomorrow there', () => expect(dateTime('2026-11-26T17:30:00Z')).toBe('2026-11-27 01:30'))
  it.each([
    ['2026-11-27T01:00:00Z', '今天'],
    ['2026-11-26T15:59:00Z', '昨天'],
    ['2026-11-26T16:01:00Z', '今天'],
    ['2026-11-20T03:00:00Z', '11月20日 星期五'],
    ['2025-03-02T03:00:00Z', '2025年3月2日'],
  ])('%s is %s', (at, wanted) => expect(dayLabel(at, NOW)).toBe(wanted))
  it('does not invent a time', () => expect(dateTime('gestern')).toBe('—'))
})

describe('waiting', () => {
  it.each([
    ['2026-11-27T02:29:40Z', '刚刚'],
    ['2026-11-27T02:18:00Z', '12分钟'],
    ['2026-11-26T23:10:00Z', '3小时20分'],
    ['2026-11-27T00:30:00Z', '2小时'],
    ['2026-11-24T02:00:00Z', '3天'],
  ])('since %s: %s', (since, wanted) => expect(waited(since, NOW)).toBe(wanted))
})
