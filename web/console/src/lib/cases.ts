/** Cases as staff see them (backend/http/schemas.py). */
import type { AdminLevel, CaseStatus, Organisation, RiskLevel } from '@jiefen/shared'
import { staff } from './session'

export interface CaseListItem {
  number: string
  status: CaseStatus
  status_text: string
  dispute_type: string
  dispute_type_name: string
  subtype_name: string | null
  route_name: string
  risk_level: RiskLevel
  admin_level: AdminLevel
  organisation: string | null
  contact_channel: string
  contact_name: string | null
  contact_phone: string | null
  amount: number | null
  people: number | null
  excerpt: string
  assignee: string | null
  contact_by: string
  overdue: boolean
  created_at: string
  version: number
}

export interface CasePage {
  items: CaseListItem[]
  total: number
  page: number
  page_size: number
}

export interface HistoryLine {
  at: string
  kind: string
  from_status: string | null
  to_status: string | null
  text: string
  by: string | null
  public: boolean
  note: string
}

export interface Door {
  code: string
  name: string
  handles: string
  phone: string
}

/** Label and words of the details that a question of knowledge/ stands behind. */
export type FieldTexts = Record<string, { label: string; text: string }>

export interface EvidenceFile {
  id: string
  name: string
  size: number
  conversation_id: string
}

export interface CaseDetail {
  number: string
  tracking_code: string
  /** Cases that were filed out of the same story. */
  linked: string[]
  status: CaseStatus
  status_text: string
  dispute_type: string
  dispute_type_name: string
  secondary: string[]
  subtype_name: string | null
  route_name: string
  admin_level: AdminLevel
  organisation: (Organisation & { id: string }) | null
  handling_mode: string
  handling_mode_text: string
  risk_level: RiskLevel
  contact_by: string
  contact_by_text: string
  finish_by_text: string
  reasons: string[]
  advice: string[]
  bring: string[]
  exits: Door[]
  joint: boolean
  created_at: string
  version: number
  fields: Record<string, unknown>
  field_texts: FieldTexts
  evidence: EvidenceFile[]
  narrative: string
  identity_shown: boolean
  flags: string[]
  dispute_types: { code?: string; name?: string; probability?: number }[]
  appointment: string | null
  assignee: string | null
  contact_channel: string
  conversation_id: string | null
  model_version: string
  return_count: number
  updated_at: string
  history: HistoryLine[]
}

export interface CaseChange {
  version: number
  status?: CaseStatus
  reason_code?: string
  next_organisation?: string
  assignee?: string
  appointment?: string
  note?: string
  public_note?: string
}

export interface CaseQuery {
  status?: string
  dispute_type?: string
  admin_level?: string
  risk_level?: string
  q?: string
  overdue?: string
  page?: number
  page_size?: number
}

export const listCases = (query: CaseQuery): Promise<CasePage> => staff<CasePage>('/cases', { query: { ...query } })

/** The masked view; asking for the identity is a separate act that the server logs. */
export const showCase = (number: string, identity = false): Promise<CaseDetail> => staff<CaseDetail>(`/cases/${encodeURIComponent(number)}`, { query: { identity: identity ? 1 : 0 } })

export const changeCase = (number: string, change: CaseChange): Promise<CaseDetail> => staff<CaseDetail>(`/cases/${encodeURIComponent(number)}`, { method: 'PATCH', json: change })

export const organisations = async (): Promise<(Organisation & { id: string; admin_level: AdminLevel })[]> => (await staff<{ items: (Organisation & { id: string; admin_level: AdminLevel })[] }>('/organisations')).items

export const colleagues = async (): Promise<{ username: string; display_name: string; active: boolean }[]> => (await staff<{ items: { username: string; display_name: string; active: boolean }[] }>('/users')).items

/** Which status may follow which: the same table as backend/domain/case_rules.py, so that nobody is offered what the server refuses. */
export const NEXT: Record<CaseStatus, CaseStatus[]> = {
  submitted: ['accepted', 'referred', 'returned', 'rejected', 'withdrawn'],
  accepted: ['assigned', 'mediating', 'referred', 'returned', 'rejected', 'withdrawn'],
  assigned: ['mediating', 'accepted', 'referred', 'returned', 'withdrawn'],
  mediating: ['settled', 'failed', 'referred', 'withdrawn'],
  referred: ['accepted', 'referred', 'returned', 'rejected', 'withdrawn'],
  returned: ['accepted', 'referred', 'rejected', 'withdrawn'],
  settled: ['closed'],
  failed: ['mediating', 'referred', 'closed'],
  rejected: ['accepted', 'closed'],
  withdrawn: ['closed'],
  closed: [],
}

/** What staff do, as verbs. */
export const VERB: Record<CaseStatus, string> = {
  submitted: '提交',
  accepted: '受理',
  assigned: '分派调解员',
  mediating: '开始调解',
  referred: '转介到其他单位',
  returned: '退回重新安排',
  settled: '记为达成协议',
  failed: '记为未达成协议',
  rejected: '不予受理',
  withdrawn: '记为居民撤回',
  closed: '结案',
}

export const REASONS: Partial<Record<CaseStatus, Record<string, string>>> = {
  returned: {
    not_our_duty: '不属于本单位职责',
    wrong_division: '不在本单位辖区',
    missing_information: '缺少必要信息，无法办理',
    other_body_has_it: '其他单位已在办理',
    applicant_unreachable: '多次联系不上申请人',
    duplicate: '与已有案件重复',
  },
  rejected: {
    not_mediable: '依法不属于调解范围',
    in_procedure: '法院、仲裁或行政机关已经在处理',
    other_side_refuses: '对方明确不同意调解',
    criminal: '涉嫌违法犯罪，应由公安机关处理',
    no_dispute: '不是纠纷，属于咨询或其他事项',
    duplicate: '与已有案件重复',
  },
}

export const FIELD: Record<string, string> = {
  contact_name: '申请人',
  contact_phone: '电话',
  counterparty: '对方',
  counterparty_kind: '对方性质',
  relation: '与对方关系',
  when: '时间',
  when_text: '时间（原话）',
  place: '地点',
  amount: '金额（元）',
  people: '我方人数',
  claim: '诉求',
  tried: '已经做过的',
  willing: '愿意调解',
  evidence: '手里的材料',
  appointment: '约定时间',
  safety: '安全情况',
}

const KIND: Record<string, string> = { person: '个人', business: '企业或商户', central_enterprise: '驻市央企', authority: '行政机关', unknown: '未说明' }
const HIDDEN = new Set(['narrative', 'consent', 'confirm', 'handling_mode', 'dispute_type'])
const ORDER = Object.keys(FIELD)

/** Lines of the field list: known ones in a fixed order, type-specific ones after them, empty ones left out except the basics. */
export function fieldLines(fields: Record<string, unknown>, texts: FieldTexts = {}): { key: string; label: string; value: string }[] {
  const keys = [...ORDER.filter((k) => k in fields), ...Object.keys(fields).filter((k) => !ORDER.includes(k) && !HIDDEN.has(k))]
  return keys
    .map((key) => ({ key, label: FIELD[key] ?? texts[key]?.label ?? key, value: worded(key, fields[key], texts) }))
    .filter((line) => line.value !== '' || ['contact_name', 'contact_phone', 'counterparty', 'amount', 'place', 'when', 'claim'].includes(line.key))
}

/** Amounts and kinds have their own form; a choice is shown by its title, not by its code. */
function worded(key: string, value: unknown, texts: FieldTexts): string {
  if (key === 'amount' || key === 'counterparty_kind') return shown(key, value)
  return texts[key]?.text ?? shown(key, value)
}

function shown(key: string, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (key === 'counterparty_kind') return KIND[String(value)] ?? String(value)
  if (key === 'amount' && typeof value === 'number') return value.toLocaleString('zh-CN')
  if (typeof value === 'boolean') return value ? '是' : '否'
  if (Array.isArray(value)) return value.map((v) => shown('', v)).join('、')
  if (typeof value === 'object') return Object.entries(value).map(([k, v]) => `${k}：${shown('', v)}`).join('；')
  return String(value)
}
