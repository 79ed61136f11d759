/** A wage dispute, question by question, for looking at the page. */
const STEPS = [
  { slot: 'consent', kind: 'yesno', text: '您好，我是社会矛盾纠纷多元化解中心的登记助手，是一个程序，不是真人。您把遇到的矛盾说给我听，我帮您登记，转给合适的调解组织。\n调解免费、自愿，愿不愿意调、什么时候停，都由您定。调不成，您照样可以去仲裁或者法院。\n您说的内容只用来办这件事，交给受理的调解组织，对方看不到您的原话和电话。需要的只有事情经过和联系方式，身份证号请先不要发。\n要是现在有人受伤、有危险，请先打110或120。\n想找真人，任何时候说一声“转人工”就行。\n您同意我们为办这件事使用您说的内容吗？', choices: [['同意，开始登记', 'yes'], ['先看看说明', 'why'], ['不同意', 'no']] },
  { slot: 'safety', kind: 'choice', text: '谢谢。先问一句要紧的：现在有没有人受伤，或者您觉得不安全？\n有危险请马上打 110，受伤了打 120。', choices: [['都平安', 'safe'], ['有人受伤或有危险', 'hurt']] },
  { slot: 'narrative', kind: 'text', text: '好。请您慢慢说，发生了什么事？想到哪儿说到哪儿，不用管顺序。', choices: [] },
  { slot: 'counterparty', kind: 'text', text: '干了活拿不到钱，确实着急。\n欠您工钱的是谁？公司、包工头，说个您知道的名字就行。', choices: [['跳过', 'skip']] },
  { slot: 'amount', kind: 'amount', text: '一共欠了多少钱？大概数也可以。', choices: [['说不清', 'unknown'], ['跳过', 'skip']] },
  { slot: 'contact_phone', kind: 'phone', text: '怎么称呼您？留个电话，办理的人好联系您。', choices: [['跳过', 'skip']] },
]
const asChoices = (list) => list.map(([title, value]) => ({ title, value }))
function ask(c, i) {
  const step = STEPS[i]
  c.step = i
  c.state = 'intake'
  c.expecting = { slot: step.slot, kind: step.kind, optional: step.choices.some((x) => x[1] === 'skip') }
  return { role: 'bot', text: step.text, choices: asChoices(step.choices) }
}
export const opening = (c) => ask(c, 0)

function summary(c) {
  c.state = 'confirming'
  c.step = STEPS.length
  c.expecting = { slot: 'confirm', kind: 'confirm', optional: false }
  const f = c.fields
  return {
    role: 'bot',
    text: '说得很清楚，我整理好了，请您核对。有不对的，点右边的“修改”，或者直接告诉我。\n没问题的话，就提交吧？',
    choices: asChoices([['没问题，提交', 'yes'], ['还有话要补充', 'more'], ['转人工', 'handoff']]),
    card: {
      kind: 'summary',
      title: '请核对登记内容',
      note: '您的原话会原样保留。点“提交”之前，什么都不会交上去。',
      lines: [
        { slot: 'dispute_type', label: '纠纷类型', value: f.dispute_type ?? '劳动争议（拖欠工资）', editable: true, kind: 'choice', choices: ['婚姻家庭', '邻里', '物业', '房屋宅基地', '合同', '借贷与金融', '劳动争议'].map((t, i) => ({ title: t, value: `T${i}` })) },
        { slot: 'counterparty', label: '对方', value: f.counterparty ?? '克拉玛依宏达建筑劳务公司', editable: true, kind: 'text' },
        { slot: 'when', label: '时间', value: f.when ?? '2026年8月起', editable: true, kind: 'date' },
        { slot: 'place', label: '地点', value: f.place ?? '', editable: true, kind: 'place' },
        { slot: 'amount', label: '金额', value: f.amount ?? '13500元', editable: true, kind: 'amount' },
        { slot: 'claim', label: '诉求', value: f.claim ?? '把三个月的工资结清', editable: true, kind: 'text' },
        { slot: 'contact_name', label: '称呼', value: f.contact_name ?? '王师傅', editable: true, kind: 'name' },
        { slot: 'contact_phone', label: '电话', value: f.contact_phone ?? '13999990000', editable: true, kind: 'phone' },
        { slot: 'handling_mode', label: '办理方式', value: f.handling_mode ?? '到窗口办', editable: true, kind: 'choice', choices: [{ title: '到窗口办', value: 'central' }, { title: '上门办', value: 'home_visit' }, { title: '预约时间', value: 'appointment' }] },
        { slot: 'narrative', label: '您的原话', value: f.narrative ?? '我在工地上干了三个月木工，老板一直说月底给，到现在一分没见着，打电话也不接。', editable: false, kind: 'text' },
      ],
    },
  }
}

function filed(c) {
  c.state = 'filed'
  c.expecting = null
  c.caseNumber = 'KLMY-20261127-0042'
  return {
    role: 'bot',
    text: '登记好了，案件编号 KLMY-20261127-0042，查询码 K7M4QZ。\n由胜利路街道矛盾纠纷调处化解中心办理。\n劳动争议申请仲裁一般要在一年内提出，从您知道权利被侵害那天算起。\n调解免费、自愿，随时可以停。',
    choices: asChoices([['查进度', 'status'], ['再登记一件', 'new_case']]),
    card: {
      kind: 'result', title: '已经登记好了', number: 'KLMY-20261127-0042', tracking_code: 'K7M4QZ', organisation: '胜利路街道矛盾纠纷调处化解中心', placeholder: true, address: '', phone: '', admin_level: 'street', handling_mode: 'central',
      contact_by: '3个工作日内联系您', finish_by: '一般30天内办结', bring: ['身份证', '工作证、考勤或工友证言', '工资条、转账记录、聊天记录'],
      reasons: ['拖欠工资、人数不到五人，由街道牵头，并通知劳动监察。'], advice: ['聊天记录和转账记录请先截图存好。'], exits: [],
    },
  }
}

function crisis(c) {
  c.resume = c.step
  c.state = 'crisis'
  c.expecting = null
  return {
    role: 'bot',
    text: '您的安全最重要。请先离开危险的地方，马上打 110；有人受伤打 120。心里难受可以打 12356。\n值班的人已经收到提醒。您不用一个人扛着。',
    choices: asChoices([['我现在安全，继续登记', 'safe'], ['转人工', 'handoff']]),
    card: { kind: 'crisis', numbers: ['110', '120', '12356', '12338'] },
  }
}

export function answer(c, body) {
  const text = body.text ?? ''
  if (/刀|不想活|打死/.test(text)) return [crisis(c)]
  if (body.choice === 'handoff' || text === '转人工') {
    c.state = 'handoff'
    return [{ role: 'bot', text: '好的，已经为您转人工。前面说的都会给坐席看，不用再说一遍。现在大约要等 5 分钟。', choices: [] }, { role: 'operator', text: '您好，我是值班的小李，您的情况我看到了。您方便的话，先说说公司现在还有人上班吗？', choices: [] }]
  }
  if (body.choice === 'safe' && c.state === 'crisis') return [ask(c, Math.max(2, c.resume))]
  if (body.edits) {
    Object.assign(c.fields, body.edits)
    return [summary(c)]
  }
  if (c.state === 'confirming' && (body.choice === 'yes' || /提交|没问题/.test(text))) return [filed(c)]
  if (text === '仲裁') return [{ role: 'bot', text: '这件事已经在仲裁了，同一件事调解组织一般不再接手，更合适的去处是下面这里。\n下面这些要不要帮您？', choices: asChoices([['给我一页说明带着', 'statement'], ['还是要登记', 'continue'], ['转人工', 'handoff']]), card: { kind: 'redirect', title: '更合适的去处', reason: '这件事已经在仲裁了，同一件事调解组织一般不再接手。', doors: [{ code: 'X-LDZC', name: '劳动人事争议仲裁委员会', phone: '', handles: '工资、合同、工伤待遇的争议' }, { code: 'X-12333', name: '人社热线', phone: '12333', handles: '政策咨询和投诉' }], bring: ['身份证', '仲裁通知书'], still_possible: '如果双方都愿意和解，可以请仲裁员先调解。' } }]
  if (c.step === 2) c.fields.narrative = text
  const next = c.step + 1
  return [next < STEPS.length ? ask(c, next) : summary(c)]
}
