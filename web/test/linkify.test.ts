import { describe, expect, it } from 'vitest'
import { pieces } from '../chat/src/lib/linkify'

const calls = (text: string): string[] => pieces(text).flatMap((p) => (p.tel ? [p.tel] : []))

describe('help lines in a sentence', () => {
  it.each([
    ['请马上打110；有人受伤打120。', ['110', '120']],
    ['心里难受可以打 12356，法律问题问12348。', ['12356', '12348']],
    ['劳动法第110条', []],
    ['一共120元', []],
    ['赔了110万', []],
    ['编号 KLMY-20261127-000110', []],
    ['电话 13911012000', []],
    ['110', ['110']],
  ])('%s', (text, wanted) => expect(calls(text)).toEqual(wanted))

  it('loses no character', () => {
    const text = '先打110，再打120。\n别怕，12356有人陪您说话。'
    expect(pieces(text).map((p) => p.text).join('')).toBe(text)
  })
})
