import { ProblemError } from '@jiefen/shared'
import { beforeEach, describe, expect, it } from 'vitest'
import { Outbox, asOutgoing, retryDelay } from '../chat/src/lib/outbox'

beforeEach(() => localStorage.clear())

describe('what was said and not yet confirmed', () => {
  it('survives the page under the same id', () => {
    const entry = new Outbox().add('c1', { text: '物业把我家水停了' }, '物业把我家水停了')
    const again = new Outbox()
    expect(again.entries).toHaveLength(1)
    expect(asOutgoing(again.entries[0] ?? entry)).toEqual({ client_message_id: entry.id, text: '物业把我家水停了' })
  })

  it('goes out in the order it was said', () => {
    const box = new Outbox()
    const first = box.add('c1', { text: '一' }, '一')
    const second = box.add('c1', { choice: 'yes' }, '同意')
    expect(box.next('c1')?.id).toBe(first.id)
    box.remove(first.id)
    expect(box.next('c1')?.id).toBe(second.id)
  })

  it('never goes to another conversation', () => {
    const box = new Outbox()
    box.add('c1', { text: '一' }, '一')
    expect(box.next('c2')).toBeUndefined()
  })

  it('lets the next one pass when one was refused, and keeps its words', () => {
    const box = new Outbox()
    const bad = box.add('c1', { text: '太长' }, '太长')
    const good = box.add('c1', { text: '短的' }, '短的')
    box.refuse(bad.id, new ProblemError({ code: 'too_large', status: 413, detail: '一次最多5000字' }))
    expect(box.next('c1')?.id).toBe(good.id)
    expect(new Outbox().entries[0]).toMatchObject({ shown: '太长', refused: '一次最多5000字' })
  })

  it('leaves nothing on the device when it is empty', () => {
    const box = new Outbox()
    box.remove(box.add('c1', { text: '一' }, '一').id)
    expect(localStorage.getItem('jiefen.outbox')).toBeNull()
  })

  it('starts empty when the stored list is broken', () => {
    localStorage.setItem('jiefen.outbox', '{"half": ')
    expect(new Outbox().entries).toEqual([])
    localStorage.setItem('jiefen.outbox', '[{"id": 3}]')
    expect(new Outbox().entries).toEqual([])
  })

  it('tries again soon at first and every 15 seconds at last', () => {
    const calm = (): number => 0.5
    expect([1, 2, 3, 4, 5, 9].map((n) => Math.round(retryDelay(n, calm)))).toEqual([1, 2, 4, 8, 15, 15])
  })
})
