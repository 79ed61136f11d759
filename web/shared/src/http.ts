/** HTTP with one kind of error: a sentence in Chinese that may be shown, and a stable code. */

export interface Problem {
  code: string
  detail: string
  status: number
  field?: string
}

export class ProblemError extends Error {
  readonly code: string
  readonly status: number
  readonly field: string | undefined

  constructor(problem: Problem) {
    super(problem.detail)
    this.name = 'ProblemError'
    this.code = problem.code
    this.status = problem.status
    this.field = problem.field
  }

  /** True when sending the same thing again may work: the line, or the server, was away. */
  get transient(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 425 || this.status === 429 || this.status >= 500
  }
}

const OFFLINE: Problem = { code: 'offline', status: 0, detail: '网络连接断了，连上以后会自动重试。' }

/** Sentences for answers that carry no problem details (a proxy's error page, for one). */
function fallbackDetail(status: number): string {
  if (status === 401) return '登录已过期，请重新进入。'
  if (status === 403) return '没有权限做这件事。'
  if (status === 404) return '没有找到，请核对后再试。'
  if (status === 413) return '内容太长，或者文件太大了。'
  if (status === 429) return '操作太快了，请稍等一下再试。'
  if (status >= 500) return '服务暂时不可用，请稍后再试。'
  return '提交的内容有误，请检查后再试。'
}

/** Turn any failed answer into a {@link Problem}; bodies that are not problem details are never shown. */
export function problemFrom(status: number, body: unknown): Problem {
  const record = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const problem: Problem = {
    status,
    code: typeof record.code === 'string' ? record.code : `http_${status}`,
    detail: typeof record.detail === 'string' && record.detail !== '' ? record.detail : fallbackDetail(status),
  }
  if (typeof record.field === 'string') problem.field = record.field
  return problem
}

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  json?: unknown
  token?: string | null
  headers?: Record<string, string>
  query?: Record<string, string | number | boolean | null | undefined>
  signal?: AbortSignal
  timeoutMs?: number
}

function urlWith(path: string, query: RequestOptions['query']): string {
  const pairs = Object.entries(query ?? {}).filter(([, v]) => v !== undefined && v !== null && v !== '')
  if (pairs.length === 0) return path
  return `${path}?${new URLSearchParams(pairs.map(([k, v]) => [k, String(v)])).toString()}`
}

/**
 * One JSON request.
 *
 * @throws ProblemError for every failure; status 0 when nothing answered in time.
 */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers }
  if (options.token) headers.Authorization = `Bearer ${options.token}`
  if (options.json !== undefined) headers['Content-Type'] = 'application/json'
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), options.timeoutMs ?? 30_000)
  options.signal?.addEventListener('abort', () => abort.abort())
  let response: Response
  let text: string
  try {
    const init: RequestInit = { method: options.method ?? 'GET', headers, signal: abort.signal, credentials: 'same-origin' }
    if (options.json !== undefined) init.body = JSON.stringify(options.json)
    response = await fetch(urlWith(path, options.query), init)
    text = await response.text()
  } catch {
    throw new ProblemError(OFFLINE)
  } finally {
    clearTimeout(timer)
  }
  const body = parse(text)
  if (!response.ok) throw new ProblemError(problemFrom(response.status, body))
  return body as T
}

export function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return null
  }
}
