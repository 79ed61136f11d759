import { describe, expect, it } from 'vitest'
import { besides, viewOf } from '../chat/src/lib/cards'

const result = {
  kind: 'result',
  title: '已经登记好了',
  number: 'KLMY-20261127-000042',
  tracking_code: 'K7M4QZ2P',
  organisation: '胜利路街道矛盾纠纷调处化解中心',
  placeholder: true,
  address: '',
  phone: '',
  admin_level: 'street',
  handling_mode: 'central',
  contact_by: '3个工作日内联系您',
  finish_by: '',
  bring: ['身份证', '工资条'],
  reasons: ['拖欠工资，由街道牵头'],
  advice: [],
  exits: [{ code: 'X-12333', name: '人社热线', handles: '政策咨询', phone: '12333', bring: [] }],
}

describe('summary', () => {
  it('marks what is missing and what may be changed', () => {
    const card = viewOf({
      kind: 'summary',
      title: '请核对',
      lines: [
        { slot: 'amount', label: '金额', value: 13500, editable: true, kind: 'amount' },
        { slot: 'place', label: '地点', value: '', editable: true, kind: 'place' },
        { slot: 'narrative', label: '您的原话', value: '欠薪三个月', editable: false, kind: 'text' },
        { slot: 'willing', label: '愿意调解', value: true, editable: true, choices: [{ title: '愿意', value: 'yes' }] },
      ],
    })
    if (card?.kind !== 'summary') throw new Error('not a summary')
    expect(card.lines.map((l) => [l.value, l.missing, l.editable, l.long])).toEqual([
      ['13500', false, true, false],
      ['', true, true, false],
      ['欠薪三个月', false, false, true],
      ['是', false, true, false],
    ])
    expect(card.lines[3]?.choices).toEqual([{ title: '愿意', value: 'yes' }])
  })

  it('keeps the heading of each of several matters', () => {
    const lines = [{ slot: 'm1_amount', label: '金额', value: '18,000元', group: '第1件：拖欠工资' }, { slot: 'contact_name', label: '称呼', value: '何静' }]
    const card = viewOf({ kind: 'summary', lines })
    expect(card?.kind === 'summary' && card.lines.map((l) => l.group)).toEqual(['第1件：拖欠工资', ''])
  })

  it('draws nothing for a kind it does not know', () => expect(viewOf({ kind: 'hologram' })).toBeNull())
})

describe('result', () => {
  it('reads the card of the dialogue', () => {
    expect(viewOf(result)).toMatchObject({
      number: 'KLMY-20261127-000042',
      trackingCode: 'K7M4QZ2P',
      organisation: { name: '胜利路街道矛盾纠纷调处化解中心', placeholder: true },
      when: ['3个工作日内联系您'],
      facts: [
        { label: '办理层级', value: '街道（乡镇）' },
        { label: '办理方式', value: '集中受理' },
      ],
      exits: [{ name: '人社热线', phone: '12333', text: '政策咨询' }],
    })
  })

  it('reads the filing receipt, which nests the organisation and gives moments', () => {
    const receipt = { ...result, organisation: { name: '城区中心', phone: '0990-1', address: '某路1号', placeholder: false }, contact_by: '2026-12-02T18:00:00+08:00', contact_by_text: '3个工作日内联系您', finish_by: '2026-12-27T18:00:00+08:00', finish_by_text: '' }
    expect(viewOf(receipt)).toMatchObject({ organisation: { name: '城区中心', phone: '0990-1', address: '某路1号' }, when: ['3个工作日内联系您'] })
  })

  it('reads the receipts of further cases of the same story, and leaves their lines out of the text as well', () => {
    const both = viewOf({ ...result, others: [{ ...result, number: 'KLMY-20261127-000043', tracking_code: 'AAAA2222', organisation: '南泉社区' }] })
    if (both?.kind !== 'result') throw new Error('not a result')
    expect(both.others.map((o) => [o.number, o.trackingCode, o.organisation?.name])).toEqual([['KLMY-20261127-000043', 'AAAA2222', '南泉社区']])
    expect(besides('两件都登记好了。\n拖欠工资：编号 KLMY-20261127-000042\n押金：编号 KLMY-20261127-000043\n由南泉社区办理。', both)).toBe('两件都登记好了。')
  })

  it('leaves out of the text what the card already says, and only that', () => {
    const text = ['登记好了，编号 KLMY-20261127-000042。', '由胜利路街道矛盾纠纷调处化解中心办理。', '3个工作日内联系您。', '带上身份证、工资条。', '仲裁一般要在一年内提出。', '调解免费、自愿。'].join('\n')
    expect(besides(text, viewOf(result))).toBe('仲裁一般要在一年内提出。\n调解免费、自愿。')
    expect(besides(text, null)).toBe(text)
  })
})

describe('crisis', () => {
  it('takes numbers with or without a label', () => {
    expect(viewOf({ kind: 'crisis', numbers: ['110', { number: '12356', label: '心理热线' }, 'javascript:alert(1)'] })).toMatchObject({
      numbers: [
        { number: '110', label: '报警' },
        { number: '12356', label: '心理热线' },
      ],
    })
  })
})

describe('pages and codes to take along', () => {
  it('shows the statement without the lines that are left open on paper', () => {
    const card = viewOf({
      kind: 'statement',
      title: '情况说明',
      lines: [
        { slot: 'contact_name', label: '姓名', value: '王建国' },
        { slot: 'contact_phone', label: '电话', value: '' },
        { slot: 'amount', label: '涉及金额', value: '2,000元', group: '第2件：押金' },
      ],
      doors: [{ name: '报警', phone: '110', handles: '' }],
      bring: ['身份证'],
      notes: ['不是法律意见'],
    })
    expect(card).toEqual({
      kind: 'statement',
      title: '情况说明',
      lines: [
        { label: '姓名', value: '王建国' },
        { label: '第2件：押金 · 涉及金额', value: '2,000元' },
      ],
      doors: [{ name: '报警', phone: '110', text: '' }],
      bring: ['身份证'],
      notes: ['不是法律意见'],
    })
  })

  it('shows the code once: on its card, not in the text as well', () => {
    const card = viewOf({ kind: 'pause', title: '接着办的号码', code: 'K7M2-QX9D', days: 7 })
    expect(card).toEqual({ kind: 'pause', title: '接着办的号码', code: 'K7M2-QX9D', days: 7 })
    expect(besides('好的，停下了。\n接着办的号码是 K7M2-QX9D。7天内有效。', card)).toBe('好的，停下了。')
    expect(viewOf({ kind: 'pause' })).toBeNull()
  })
})
