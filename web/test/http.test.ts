import { afterEach, describe, expect, it, vi } from 'vitest'
import { ProblemError, problemFrom, request } from '../shared/src'

afterEach(() => vi.unstubAllGlobals())
const answers = (status: number, body: string): void => vi.stubGlobal('fetch', () => Promise.resolve(new Response(body, { status })))

async function failure(call: Promise<unknown>): Promise<ProblemError> {
  try {
    await call
  } catch (error) {
    if (error instanceof ProblemError) return error
    throw error
  }
  throw new Error('did not fail')
}

describe('problems', () => {
  it('shows the sentence of the server', async () => {
    answers(409, JSON.stringify({ code: 'conflict', detail: '别的同事刚刚改过这个案件，请刷新后再改', field: 'version' }))
    expect(await failure(request('/x'))).toMatchObject({ code: 'conflict', status: 409, message: '别的同事刚刚改过这个案件，请刷新后再改', field: 'version', transient: false })
  })

  it('never shows a proxy’s error page', async () => {
    answers(502, '<html>Bad Gateway</html>')
    expect(await failure(request('/x'))).toMatchObject({ code: 'http_502', message: '服务暂时不可用，请稍后再试。', transient: true })
  })

  it('says that the line is down', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    expect(await failure(request('/x'))).toMatchObject({ code: 'offline', status: 0, transient: true })
  })

  it.each([
    [401, false],
    [413, false],
    [429, true],
    [503, true],
  ])('%i may be tried again: %s', (status, transient) => expect(new ProblemError(problemFrom(status, null)).transient).toBe(transient))
})
