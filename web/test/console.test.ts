import { describe, expect, it } from 'vitest'
import { NEXT, VERB, fieldLines } from '../console/src/lib/cases'
import { distinct, marked } from '../console/src/lib/marks'

describe('risk cues in a text', () => {
  it('are marked where they stand, overlapping ones as one', () => {
    const cues = [
      { start: 3, end: 5, level: 'R3' as const },
      { start: 3, end: 6, level: 'R3' as const },
      { start: 5, end: 7, level: 'R3' as const },
    ]
    expect(marked('他说要砍死我，我怕', cues)).toEqual([{ text: '他说要' }, { text: '砍死我，', level: 'R3' }, { text: '我怕' }])
  })
  it('count characters as the server does, beyond the basic plane too', () => {
    expect(marked('😭不想活了', [{ start: 1, end: 5, level: 'R2' as const }])).toEqual([{ text: '😭' }, { text: '不想活了', level: 'R2' }])
  })
  it('never lose a character', () => {
    const cues = [
      { start: 4, end: 9, level: 'R1' as const },
      { start: 1, end: 2, level: 'R2' as const },
      { start: 40, end: 50, level: 'R2' as const },
    ]
    expect(marked('一二三四五六七八', cues).map((p) => p.text).join('')).toBe('一二三四五六七八')
  })
  it('are listed without those inside longer ones', () => expect(distinct([{ text: '要砍' }, { text: '要砍死' }, { text: '拿菜刀' }, { text: '要砍' }])).toEqual(['要砍死', '拿菜刀']))
})

describe('a case’s fields', () => {
  it('stand in a fixed order, with what was not said among the basics', () => {
    const lines = fieldLines({ claim: '结清工资', contact_name: '王**', amount: 13500, place: null, counterparty_kind: 'business', people: null, narrative: '不在这里' })
    expect(lines.map((l) => `${l.label}=${l.value}`)).toEqual(['申请人=王**', '对方性质=企业或商户', '地点=', '金额（元）=13,500', '诉求=结清工资'])
  })
})

describe('status changes', () => {
  it('have a verb each and lead to known statuses', () => {
    for (const [from, next] of Object.entries(NEXT)) for (const to of next) expect(VERB[to], `${from} → ${to}`).toMatch(/\p{Script=Han}{2}/u)
  })
})
