/** Chinese names of the fixed vocabularies (common/enums.py). Dispute types are data and come from the server. */
import type { AdminLevel, CaseStatus, ConversationState, RiskLevel, Role } from './api'

/** As backend/domain/case_rules.py says them; residents and staff read the same words. */
export const STATUS: Record<CaseStatus, string> = {
  submitted: '已提交，等待受理',
  accepted: '已受理',
  assigned: '已分派调解员',
  mediating: '正在调解',
  referred: '已转到下一个单位',
  returned: '需要重新安排',
  settled: '已达成协议',
  failed: '这次没有谈成',
  rejected: '不在调解范围',
  withdrawn: '已撤回',
  closed: '已办结',
}

export const LEVEL: Record<AdminLevel, string> = { community: '社区', street: '街道（乡镇）', district: '区级', city: '市级' }

export const RISK: Record<RiskLevel, string> = { R0: '平稳', R1: '情绪激烈', R2: '高风险', R3: '紧急' }

export const STATE: Record<ConversationState, string> = {
  intake: '登记中',
  confirming: '待核对',
  filed: '已提交',
  handoff: '等人工',
  crisis: '紧急',
  redirected: '已指引',
  closed: '已结束',
}

export const ROLE: Record<Role, string> = { resident: '居民', bot: '登记助手', operator: '人工坐席', system: '系统提示' }

export const ROUTE: Record<string, string> = {
  RM: '人民调解',
  ZY: '专业性调解',
  HA: '行业性调解',
  XH: '协会调解',
  XT: '行政调解',
  SF: '司法调解',
  QY: '企业内部与油地联席',
  LW: '劳动监察与仲裁',
  SS: '诉讼与执行',
  XJ: '行政复议、行政诉讼、信访',
  JJ: '紧急求助',
  ZX: '咨询与法律服务',
}

export const MODE: Record<string, string> = { central: '集中受理', home_visit: '上门处理', appointment: '预约办理' }

export const CHANNEL: Record<string, string> = {
  web: '网页',
  wechat: '微信公众号',
  wecom: '企业微信',
  dingtalk: '钉钉',
  webhook: '外部系统',
  hotline: '热线',
  terminal: '终端',
}

export const DISPUTE_TYPE: Record<string, string> = {
  HY: '婚姻家庭',
  LL: '邻里',
  WY: '物业',
  FW: '房屋宅基地',
  HT: '合同',
  JD: '借贷与金融',
  SC: '生产经营',
  SH: '损害赔偿',
  LD: '劳动争议',
  JT: '道路交通事故',
  YL: '医疗',
  XF: '消费',
  LY: '旅游',
  WL: '互联网',
  ZS: '知识产权',
  TD: '山林土地草场水利',
  ZD: '征地拆迁',
  HB: '环境保护',
  XY: '校园',
  YD: '涉企油地',
  XZ: '非调解事项',
  QT: '其他',
}

/** The name, or the code itself when the server knows a newer one than this page. */
export function named(names: Record<string, string>, code: string | null | undefined): string {
  return code === null || code === undefined || code === '' ? '—' : (names[code] ?? code)
}
