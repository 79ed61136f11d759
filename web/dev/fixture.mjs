/**
 * A throw-away stand-in for the backend, to look at the pages while developing: `npm run dev`, then
 * http://127.0.0.1:8380/. It keeps everything in memory and answers by a fixed script. No test uses it.
 */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { WebSocketServer } from 'ws'
import { answer, opening } from './script.mjs'
import { staffRoutes } from './staff.mjs'

const PORT = Number(process.env.PORT ?? 8380)
const DIST = new URL('../dist/', import.meta.url).pathname
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png', '.woff2': 'font/woff2' }
const POLICY = process.env.CSP ?? "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** @type {Map<string, any>} */
export const conversations = new Map()
const sockets = new Map()

function send(res, status, body, type = 'application/json') {
  res.writeHead(status, { 'Content-Type': type, 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-store' })
  res.end(type.startsWith('application') ? JSON.stringify(body) : body)
}
export function problem(res, status, code, detail) {
  send(res, status, { type: `urn:jiefen:problem:${code}`, title: detail, status, code, detail }, 'application/problem+json')
}

function push(conversation, message) {
  const full = { seq: conversation.messages.length + 1, choices: [], card: null, created_at: new Date().toISOString(), ...message }
  conversation.messages.push(full)
  for (const socket of sockets.get(conversation.id) ?? []) socket.send(JSON.stringify({ type: 'message', message: full, state: conversation.state, expecting: conversation.expecting }))
  return full
}
const turn = (c, messages) => ({ messages, expecting: c.expecting, state: c.state, case_number: c.caseNumber ?? null })

async function bodyOf(req) {
  const chunks = []
  for await (const chunk of req) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function api(req, res, url) {
  const path = url.pathname.replace('/api/v1', '')
  if (path === '/conversations' && req.method === 'POST') {
    const c = { id: randomBytes(16).toString('hex'), token: randomBytes(16).toString('hex'), messages: [], seen: new Map(), state: 'intake', step: 0, expecting: null, fields: {} }
    conversations.set(c.id, c)
    const first = opening(c)
    return send(res, 201, { conversation_id: c.id, token: c.token, ...turn(c, [push(c, first)]) })
  }
  const found = path.match(/^\/conversations\/([0-9a-f]+)\/(messages|evidence)$/)
  if (found) {
    const c = conversations.get(found[1])
    if (!c || req.headers.authorization !== `Bearer ${c.token}`) return problem(res, 401, 'unauthorized', '对话凭证无效，请重新打开页面开始对话。')
    if (found[2] === 'evidence') {
      const size = (await bodyOf(req)).length
      if (size > 10.2 * 1024 * 1024) return problem(res, 413, 'too_large', '文件太大了，最多 10 MB')
      const card = { kind: 'evidence', name: '材料.png', size }
      push(c, { role: 'resident', text: card.name, card })
      return send(res, 201, { evidence: card, ...turn(c, [push(c, { role: 'bot', text: '材料收到了，会和您的登记放在一起。' })]) })
    }
    if (req.method === 'GET') return send(res, 200, turn(c, c.messages.filter((m) => m.seq > Number(url.searchParams.get('after') ?? 0))))
    const body = JSON.parse((await bodyOf(req)).toString())
    if (c.seen.has(body.client_message_id)) return send(res, 200, c.seen.get(body.client_message_id))
    await new Promise((r) => setTimeout(r, Number(process.env.DELAY ?? 350)))
    const last = c.messages.at(-1)
    const title = (last?.choices ?? []).find((x) => x.value === body.choice)?.title
    push(c, { role: 'resident', text: body.text ?? title ?? body.choice ?? '修改登记内容', client_message_id: body.client_message_id })
    const replies = answer(c, body).map((m) => push(c, m))
    const reply = turn(c, replies)
    c.seen.set(body.client_message_id, reply)
    return send(res, 200, reply)
  }
  const progress = path.match(/^\/cases\/([^/]+)\/progress$/)
  if (progress) {
    if (url.searchParams.get('code') !== 'K7M4QZ') return problem(res, 404, 'not_found', '没有找到，请核对案件编号和查询码。')
    return send(res, 200, { number: decodeURIComponent(progress[1]), status: 'accepted', organisation: { name: '胜利路街道矛盾纠纷调处化解中心' }, updated_at: '2026-11-27T03:10:00Z', history: [{ at: '2026-11-26T08:01:00Z', status: 'submitted' }, { at: '2026-11-27T03:10:00Z', status: 'accepted' }] })
  }
  if (await staffRoutes(req, res, url, { send, problem, bodyOf, conversations, push })) return
  problem(res, 404, 'not_found', '没有找到')
}

async function page(res, path) {
  const inConsole = path.startsWith('/console')
  const folder = join(DIST, inConsole ? 'console' : 'chat')
  const rest = normalize(inConsole ? path.slice('/console'.length) : path)
  const file = join(folder, rest === '/' || rest === '.' || rest === '' ? 'index.html' : rest)
  try {
    send(res, 200, await readFile(file), TYPES[extname(file)] ?? 'text/plain')
  } catch {
    send(res, 404, 'not found', 'text/plain')
  }
}

const server = createServer((req, res) => {
  const url = new URL(req.url, 'http://x')
  const work = url.pathname.startsWith('/api/') ? api(req, res, url) : page(res, url.pathname)
  work.catch((error) => problem(res, 500, 'internal', String(error)))
})
const wss = new WebSocketServer({ noServer: true, handleProtocols: () => 'jiefen.v1' })
server.on('upgrade', (req, socket, head) => {
  const id = req.url.match(/conversations\/([0-9a-f]+)\/ws/)?.[1]
  if (!conversations.has(id)) return socket.destroy()
  wss.handleUpgrade(req, socket, head, (ws) => {
    if (!sockets.has(id)) sockets.set(id, new Set())
    sockets.get(id).add(ws)
    ws.on('close', () => sockets.get(id).delete(ws))
  })
})
server.listen(PORT, '127.0.0.1', () => console.log(`http://127.0.0.1:${PORT}/  and  /console/`))
