/**
 * Cards as the server sends them → what the page draws. Every field is read with care: a card that lacks something is
 * drawn without it, an unknown kind is not drawn at all (the message's text says the same in words).
 */
import { LEVEL, MODE, ROUTE, named } from '@jiefen/shared'
import type { AdminLevel, Choice, Organisation, RawCard } from '@jiefen/shared'

export interface SummaryLine {
  slot: string
  label: string
  value: string
  editable: boolean
  missing: boolean
  /** The resident's words, which are long: drawn as a block, edited in a tall box. */
  long: boolean
  choices: Choice[]
  /** Heading over the lines of one of several matters; empty when there is one. */
  group: string
}

export interface SummaryView {
  kind: 'summary'
  title: string
  lines: SummaryLine[]
  note: string
}

/** `value` goes to the server, `shown` is what the resident picked or typed. */
export interface LineEdit {
  slot: string
  label: string
  value: string
  shown: string
}

export interface ResultView {
  kind: 'result'
  title: string
  number: string
  trackingCode: string
  organisation: Organisation | null
  facts: { label: string; value: string }[]
  when: string[]
  bring: string[]
  reasons: string[]
  advice: string[]
  exits: Door[]
  /** Further cases of the same story, each with its own receipt. */
  others: ResultView[]
}

export interface CrisisView {
  kind: 'crisis'
  numbers: { number: string; label: string }[]
  advice: string[]
}

export interface Door {
  name: string
  phone: string
  text: string
}

export interface GuideView {
  kind: 'redirect'
  title: string
  reason: string
  doors: Door[]
  bring: string[]
  stillPossible: string
}

/** The story on one page, to take along to another door. */
export interface StatementView {
  kind: 'statement'
  title: string
  lines: { label: string; value: string }[]
  doors: Door[]
  bring: string[]
  notes: string[]
}

/** The talk is left unfinished: the code to go on with on another device. */
export interface PauseView {
  kind: 'pause'
  title: string
  code: string
  days: number
}

/** A file that arrived. */
export interface EvidenceView {
  kind: 'evidence'
  name: string
  size: number
}

export type CardView = SummaryView | ResultView | CrisisView | GuideView | StatementView | PauseView | EvidenceView

const CALL_LABELS: Record<string, string> = {
  '110': '报警',
  '119': '火警',
  '120': '急救',
  '12338': '妇女维权',
  '12355': '青少年服务',
  '12356': '心理援助',
  '12348': '法律服务',
  '12345': '政务热线',
}

export function viewOf(card: RawCard | null | undefined): CardView | null {
  if (!card) return null
  switch (card.kind) {
    case 'summary':
      return summary(card)
    case 'result':
      return result(card)
    case 'crisis':
      return crisis(card)
    case 'redirect':
      return guide(card)
    case 'evidence':
      return { kind: 'evidence', name: str(card.name), size: typeof card.size === 'number' ? card.size : 0 }
    case 'statement':
      return statement(card)
    case 'pause':
      return str(card.code) === '' ? null : { kind: 'pause', title: str(card.title), code: str(card.code), days: typeof card.days === 'number' ? card.days : 0 }
    default:
      return null
  }
}

function summary(card: RawCard): SummaryView {
  return {
    kind: 'summary',
    title: str(card.title) || '请核对登记内容',
    lines: records(card.lines).map((line) => {
      const value = shown(line.value)
      return {
        slot: str(line.slot),
        label: str(line.label),
        value,
        editable: line.editable !== false && str(line.slot) !== '',
        missing: line.missing === true || value === '',
        long: line.long === true || str(line.slot) === 'narrative' || value.length > 40,
        choices: records(line.choices).map((c) => ({ title: str(c.title), value: str(c.value) })),
        group: str(line.group),
      }
    }),
    note: str(card.note),
  }
}

function result(card: RawCard): ResultView {
  const facts = [
    { label: '纠纷类型', value: str(card.dispute_type_name) },
    { label: '化解途径', value: str(card.route_name) || (ROUTE[str(card.route)] ?? '') },
    { label: '办理层级', value: str(card.admin_level_name) || (LEVEL[str(card.admin_level) as AdminLevel] ?? '') },
    { label: '办理方式', value: str(card.handling_mode_text) || (str(card.handling_mode) && named(MODE, str(card.handling_mode))) },
  ]
  return {
    kind: 'result',
    title: str(card.title) || '已经登记好了',
    number: str(card.number),
    trackingCode: str(card.tracking_code),
    organisation: organisation(card),
    facts: facts.filter((f) => f.value !== ''),
    when: [deadline(card, 'contact_by'), deadline(card, 'finish_by')].filter((t) => t !== ''),
    bring: strings(card.bring),
    reasons: strings(card.reasons),
    advice: strings(card.advice),
    exits: doors(card.exits),
    others: records(card.others).map((other) => result({ ...other, kind: 'result' })),
  }
}

function crisis(card: RawCard): CrisisView {
  const numbers = Array.isArray(card.numbers) ? card.numbers : ['110', '120']
  return {
    kind: 'crisis',
    numbers: numbers
      .map((n: unknown) => {
        const number = typeof n === 'object' && n !== null ? str((n as Record<string, unknown>).number) : str(n)
        const label = typeof n === 'object' && n !== null ? str((n as Record<string, unknown>).label) || str((n as Record<string, unknown>).name) : ''
        return { number, label: label || (CALL_LABELS[number] ?? '') }
      })
      .filter((n) => /^\d{3,12}$/.test(n.number)),
    advice: strings(card.advice),
  }
}

function guide(card: RawCard): GuideView {
  return {
    kind: 'redirect',
    title: str(card.title) || '更合适的去处',
    reason: str(card.reason),
    doors: doors(card.doors),
    bring: strings(card.bring),
    stillPossible: str(card.still_possible),
  }
}

/** Lines that are left open on the paper are not shown here; with several matters each line says which one it is about. */
function statement(card: RawCard): StatementView {
  const lines = records(card.lines).map((l) => ({ label: [str(l.group), str(l.label)].filter((t) => t !== '').join(' · '), value: shown(l.value) }))
  return { kind: 'statement', title: str(card.title), lines: lines.filter((l) => l.value !== ''), doors: doors(card.doors), bring: strings(card.bring), notes: strings(card.notes) }
}

/** The sentence a resident reads; a bare moment (the filing's own receipt) is never shown as such. */
function deadline(card: RawCard, key: 'contact_by' | 'finish_by'): string {
  const sentence = str(card[`${key}_text`]) || str(card[key])
  return /^\d{4}-\d\d-\d\dT/.test(sentence) ? '' : sentence
}

/** The result card lists the organisation's details beside its name. */
function organisation(card: RawCard): Organisation | null {
  const nested = typeof card.organisation === 'object' && card.organisation !== null ? (card.organisation as Record<string, unknown>) : null
  const o = nested ?? { ...card, name: card.organisation }
  if (str(o.name) === '') return null
  return { name: str(o.name), phone: str(o.phone), address: str(o.address), hours: str(o.hours), placeholder: o.placeholder === true }
}

/**
 * The message says in words what its card says too, because WeChat and the hotline have no cards. Here the card is on
 * the screen, so the lines that only repeat it are left out.
 */
export function besides(text: string, card: CardView | null): string {
  const said = repeated(card)
  if (said.length === 0) return text
  return text
    .split('\n')
    .filter((line) => !said.some((value) => line.includes(value)))
    .join('\n')
    .trim()
}

function repeated(card: CardView | null): string[] {
  if (card?.kind === 'result') {
    const o = card.organisation
    const mode = card.facts.find((f) => f.label === '办理方式')?.value ?? ''
    const others = card.others.flatMap(repeated)
    return [...others, card.number, o?.name, o?.address, o?.phone, ...card.when, card.bring.join('、'), mode].filter((v): v is string => Boolean(v))
  }
  if (card?.kind === 'pause') return [card.code]
  if (card?.kind === 'redirect') {
    return [card.reason, card.doors[0]?.name ?? '', card.bring.join('、'), card.stillPossible].filter((v) => v !== '')
  }
  return []
}

function doors(value: unknown): Door[] {
  return records(value).map((d) => ({ name: str(d.name), phone: str(d.phone), text: str(d.handles) }))
}

function str(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

/** A value for people: yes/no in words, lists with 、. */
function shown(value: unknown): string {
  if (typeof value === 'boolean') return value ? '是' : '否'
  if (Array.isArray(value)) return value.map(shown).filter((v) => v !== '').join('、')
  return str(value)
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  if (!Array.isArray(value)) return []
  return value
    .map((v: unknown) => (typeof v === 'object' && v !== null ? str((v as Record<string, unknown>).text) || str((v as Record<string, unknown>).name) : str(v)))
    .filter((v) => v !== '')
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((v): v is Record<string, unknown> => typeof v === 'object' && v !== null) : []
}
