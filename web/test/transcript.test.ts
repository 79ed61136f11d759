import type { Message, Turn } from '@jiefen/shared'
import { describe, expect, it } from 'vitest'
import type { Entry } from '../chat/src/lib/outbox'
import { Transcript, activeBubble } from '../chat/src/lib/transcript'

const bot = (seq: number, text: string, choices: Message['choices'] = []): Message => ({ seq, role: 'bot', text, choices })
const mine = (seq: number, text: string, id: string): Message => ({ seq, role: 'resident', text, client_message_id: id })
const entry = (id: string, text: string): Entry => ({ id, conversation: 'c', body: { text }, shown: text, at: 1_795_000_000_000 })
const turn = (...messages: Message[]): Turn => ({ messages, expecting: null, state: 'intake' })
const texts = (t: Transcript, waiting: Entry[] = []): string[] => t.bubbles(waiting).map((b) => b.message.text)

describe('the transcript', () => {
  it('orders by sequence number and hears twice without harm', () => {
    const t = new Transcript()
    t.merge([bot(3, '丙'), bot(1, '甲')])
    t.merge([bot(1, '甲'), mine(2, '乙', 'x')])
    expect(texts(t)).toEqual(['甲', '乙', '丙'])
  })

  it('asks for replay from the last line before a hole', () => {
    const t = new Transcript()
    t.merge([bot(1, '甲'), bot(2, '乙'), bot(5, '戊')])
    expect(t.contiguous).toBe(2)
    expect(t.hasGap(turn(bot(6, '己')))).toBe(true)
    expect(t.hasGap(turn(bot(3, '丙')))).toBe(false)
  })

  it('shows what waits at the end, once', () => {
    const t = new Transcript()
    t.merge([bot(1, '您好')])
    expect(texts(t, [entry('x', '停水了')])).toEqual(['您好', '停水了'])
    t.merge([mine(2, '停水了', 'x')])
    expect(texts(t, [entry('x', '停水了')])).toEqual(['您好', '停水了'])
  })

  it('keeps the same key before and after it is confirmed, so that the bubble does not jump', () => {
    const t = new Transcript()
    const before = t.bubbles([entry('x', '停水了')])[0]?.key
    t.merge([mine(1, '停水了', 'x')])
    expect(t.bubbles([])[0]?.key).toBe(before)
  })

  it('puts an own message before its answer when the answer does not repeat it', () => {
    const t = new Transcript()
    t.merge([bot(1, '您好')])
    const answer = turn(bot(3, '哪一天？'))
    t.addOwn(entry('x', '停水了'), answer)
    t.merge(answer.messages)
    expect(texts(t)).toEqual(['您好', '停水了', '哪一天？'])
  })

  it('says what the server refused, beside the words', () => {
    const refused = { ...entry('x', '很长'), refused: '一次最多5000字' }
    expect(new Transcript().bubbles([refused])[0]).toMatchObject({ pending: 'refused', problem: '一次最多5000字' })
  })
})

describe('buttons', () => {
  const choices = [{ title: '同意', value: 'yes' }]
  it('belong to the last thing that was asked', () => {
    const t = new Transcript()
    t.merge([bot(1, '同意吗？', choices)])
    expect(activeBubble(t.bubbles([]))?.message.seq).toBe(1)
  })
  it('disappear as soon as the resident answers, even before the server knows', () => {
    const t = new Transcript()
    t.merge([bot(1, '同意吗？', choices)])
    expect(activeBubble(t.bubbles([entry('x', '同意')]))).toBeNull()
  })
  it('stay when an operator adds a line', () => {
    const t = new Transcript()
    t.merge([bot(1, '同意吗？', choices), { seq: 2, role: 'operator', text: '别着急' }])
    expect(activeBubble(t.bubbles([]))?.message.seq).toBe(1)
  })
})
