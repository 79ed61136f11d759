import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useConversation } from '../chat/src/composables/useConversation'
import { loadSession } from '../chat/src/lib/session'

/** A server at the fetch boundary that can be unplugged; it answers as the contract says and remembers client_message_ids. */
class Server {
  up = true
  refuse: { status: number; code: string; detail: string } | null = null
  posts: Record<string, unknown>[] = []
  lines: Record<string, unknown>[] = []
  private answered = new Map<string, unknown>()

  fetch = (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const path = String(url)
    if (!this.up) return Promise.reject(new TypeError('Failed to fetch'))
    if (path.endsWith('/conversations')) return this.json(201, { conversation_id: 'c1', token: 't1', ...this.turn([this.bot('您好，同意吗？')]) })
    if (init?.method !== 'POST') {
      const after = Number(new URL(path, 'http://x').searchParams.get('after'))
      return this.json(200, this.turn(this.lines.filter((l) => Number(l.seq) > after)))
    }
    const body = JSON.parse(String(init.body)) as Record<string, unknown>
    this.posts.push(body)
    if (this.refuse) return this.json(this.refuse.status, this.refuse)
    const id = String(body.client_message_id)
    if (!this.answered.has(id)) {
      this.lines.push({ seq: this.lines.length + 1, role: 'resident', text: body.text ?? body.choice, client_message_id: id, created_at: '2026-11-27T02:00:00Z' })
      this.answered.set(id, this.turn([this.bot('记下了。')]))
    }
    return this.json(200, this.answered.get(id))
  }

  bot(text: string): Record<string, unknown> {
    const line = { seq: this.lines.length + 1, role: 'bot', text, choices: [], card: null, created_at: '2026-11-27T02:00:00Z' }
    this.lines.push(line)
    return line
  }

  private turn(messages: Record<string, unknown>[]): Record<string, unknown> {
    return { messages, expecting: null, state: 'intake', case_number: null }
  }

  private json(status: number, body: unknown): Promise<Response> {
    return Promise.resolve(new Response(JSON.stringify(body), { status }))
  }
}

let server: Server
beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  vi.useFakeTimers()
  server = new Server()
  vi.stubGlobal('fetch', server.fetch)
  vi.stubGlobal('WebSocket', undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const settle = (ms = 50): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const texts = (talk: ReturnType<typeof useConversation>): string[] => talk.bubbles.value.map((b) => b.message.text)

describe('a conversation', () => {
  it('opens, says something and hears the answer once', async () => {
    const talk = useConversation()
    await talk.start()
    talk.say({ text: '楼上漏水' }, '楼上漏水')
    await settle()
    expect(talk.phase.value).toBe('ready')
    expect(texts(talk)).toEqual(['您好，同意吗？', '楼上漏水', '记下了。'])
    await settle(20_000) // polling brings the same lines again
    expect(texts(talk)).toEqual(['您好，同意吗？', '楼上漏水', '记下了。'])
    talk.endAndClear()
  })

  it('keeps what is said while the line is down and sends it once, under one id', async () => {
    const talk = useConversation()
    await talk.start()
    server.up = false
    talk.say({ text: '第一句' }, '第一句')
    talk.say({ text: '第二句' }, '第二句')
    await settle(3_000)
    expect(talk.lineUp.value).toBe(false)
    expect(talk.waiting.value).toBe(2)
    expect(JSON.parse(localStorage.getItem('jiefen.outbox') ?? '[]')).toHaveLength(2)
    server.up = true
    await settle(30_000)
    expect(talk.lineUp.value).toBe(true)
    expect(texts(talk)).toEqual(['您好，同意吗？', '第一句', '记下了。', '第二句', '记下了。'])
    expect(new Set(server.posts.map((p) => p.client_message_id)).size).toBe(2)
    talk.endAndClear()
  })

  it('goes on after a reload with what was not sent', async () => {
    const before = useConversation()
    await before.start()
    server.up = false
    before.say({ text: '断网时写的' }, '断网时写的')
    await settle()
    const id = JSON.parse(localStorage.getItem('jiefen.outbox') ?? '[]')[0].id as string
    server.up = true
    const after = useConversation()
    await after.start()
    await settle()
    expect(texts(after)).toEqual(['您好，同意吗？', '断网时写的', '记下了。'])
    expect(server.posts.at(-1)).toEqual({ client_message_id: id, text: '断网时写的' })
    before.endAndClear()
    after.endAndClear()
  })

  it('asks whose it is in a new tab, and shows nothing before the answer', async () => {
    const first = useConversation()
    await first.start()
    sessionStorage.clear()
    const other = useConversation()
    await other.start()
    expect(other.phase.value).toBe('returning')
    expect(texts(other)).toEqual([])
    await other.resume()
    expect(texts(other)).toEqual(['您好，同意吗？'])
    first.endAndClear()
    other.endAndClear()
  })

  it('gives refused words back instead of losing them', async () => {
    const talk = useConversation()
    await talk.start()
    server.refuse = { status: 413, code: 'too_large', detail: '一次最多 5000 字' }
    talk.say({ text: '很长很长' }, '很长很长')
    await settle()
    const refused = talk.bubbles.value.at(-1)
    expect(refused).toMatchObject({ pending: 'refused', problem: '一次最多 5000 字' })
    talk.takeBack(refused?.key ?? '')
    expect(talk.draft.value).toBe('很长很长')
    expect(texts(talk)).toEqual(['您好，同意吗？'])
    talk.endAndClear()
  })

  it('keeps the words when the conversation is over', async () => {
    const talk = useConversation()
    await talk.start()
    server.refuse = { status: 401, code: 'token_expired', detail: '登录已过期' }
    talk.say({ text: '隔天才写的话' }, '隔天才写的话')
    await settle()
    expect(talk.phase.value).toBe('expired')
    expect(talk.draft.value).toBe('隔天才写的话')
    expect(localStorage.getItem('jiefen.session')).toBeNull()
  })

  it('leaves nothing on the device after 结束并清除', async () => {
    const talk = useConversation()
    await talk.start()
    talk.setDraft('写了一半')
    server.up = false
    talk.say({ text: '没发出去' }, '没发出去')
    await settle()
    talk.endAndClear()
    expect(localStorage.length).toBe(0)
    expect(sessionStorage.length).toBe(0)
    expect(talk.phase.value).toBe('ended')
  })
})

describe('going on with what was begun elsewhere', () => {
  it('leaves this page as it is when the code is wrong, and takes the other conversation up when it is right', async () => {
    const talk = useConversation()
    await talk.begin()
    const asked: string[] = []
    const plain = server.fetch
    let right = false
    vi.stubGlobal('fetch', (url: string | URL | Request, init?: RequestInit) => {
      if (!String(url).endsWith('/resume')) return plain(url, init)
      asked.push(String(init?.body))
      const body = right ? { conversation_id: 'c2', token: 't2', messages: [], expecting: null, state: 'closed' } : { status: 404, code: 'not_found', detail: '没找到这个号码的登记。' }
      return Promise.resolve(new Response(JSON.stringify(body), { status: right ? 201 : 404 }))
    })
    await expect(talk.takeUp('AAAA2222', '')).rejects.toThrow('没找到这个号码的登记。')
    expect(talk.session()?.id).toBe('c1')
    expect(talk.phase.value).toBe('ready')
    right = true
    await talk.takeUp('K7M2QX9D', 'KLMY-20261127-000001')
    expect(talk.session()).toMatchObject({ id: 'c2', token: 't2' })
    expect(asked).toEqual(['{"code":"AAAA2222"}', '{"code":"K7M2QX9D","number":"KLMY-20261127-000001"}'])
    expect(loadSession()?.id).toBe('c2')
  })
})
