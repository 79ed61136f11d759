/**
 * The line to the server: a WebSocket while it holds, polling while it does not. Both only say what is new; the
 * caller merges by sequence number, so hearing something twice does no harm.
 */
import type { ConversationState, Expecting, Message } from '@jiefen/shared'
import { parse } from '@jiefen/shared'

export type Frame =
  | { type: 'message'; message: Message; state?: ConversationState; expecting?: Expecting | null; case_number?: string | null }
  | { type: 'typing'; role: string; active?: boolean }
  | { type: 'ready'; state: ConversationState; expecting?: Expecting | null; case_number?: string | null }
  | { type: 'error'; code: string; detail: string }
  | { type: 'pong' }

export interface LiveHandlers {
  onFrame(frame: Frame): void
  /** Ask for what was missed. Rejects when the line is down. */
  poll(): Promise<void>
  onLine(up: boolean): void
}

const POLL_MS = 4_000
const SOCKET_RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000]
const PING_MS = 25_000

export class Live {
  private socket: WebSocket | null = null
  private failures = 0
  private stopped = true
  private typedAt = 0
  private pollTimer: ReturnType<typeof setTimeout> | undefined
  private socketTimer: ReturnType<typeof setTimeout> | undefined
  private pingTimer: ReturnType<typeof setInterval> | undefined

  constructor(
    private readonly url: () => string,
    private readonly token: string,
    private readonly handlers: LiveHandlers,
  ) {}

  start(): void {
    this.stopped = false
    this.connect()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.pollTimer)
    clearTimeout(this.socketTimer)
    clearInterval(this.pingTimer)
    this.socket?.close()
    this.socket = null
  }

  /** The device says it is back on the net, or the page is looked at again: do not wait for the timers. */
  wake(): void {
    if (this.stopped || this.connected) return
    this.failures = 0
    clearTimeout(this.socketTimer)
    this.connect()
  }

  /** Tell whoever watches that the resident is writing; at most every three seconds, and never worth a failure. */
  typing(): void {
    const now = Date.now()
    if (!this.connected || now - this.typedAt < 3_000) return
    this.typedAt = now
    this.socket?.send('{"type":"typing"}')
  }

  get connected(): boolean {
    return this.socket?.readyState === 1
  }

  private connect(): void {
    if (this.stopped || typeof WebSocket === 'undefined') return this.schedulePoll(0)
    this.socket?.close()
    let socket: WebSocket
    try {
      // The token travels as a subprotocol: a browser cannot set headers here, and an address ends up in logs.
      socket = new WebSocket(this.url(), ['jiefen.v1', `token.${this.token}`])
    } catch {
      return this.lost()
    }
    this.socket = socket
    socket.onopen = () => this.opened(socket)
    socket.onmessage = (event) => this.received(event.data)
    socket.onclose = () => {
      if (this.socket === socket) this.lost()
    }
  }

  private opened(socket: WebSocket): void {
    this.failures = 0
    clearTimeout(this.pollTimer)
    clearInterval(this.pingTimer)
    this.pingTimer = setInterval(() => {
      if (socket.readyState === 1) socket.send('{"type":"ping"}')
    }, PING_MS)
    this.handlers.onLine(true)
  }

  private received(data: unknown): void {
    const frame = typeof data === 'string' ? parse(data) : null
    if (typeof frame === 'object' && frame !== null && 'type' in frame) this.handlers.onFrame(frame as Frame)
  }

  private lost(): void {
    clearInterval(this.pingTimer)
    this.socket = null
    if (this.stopped) return
    const delay = SOCKET_RETRY_MS[Math.min(this.failures, SOCKET_RETRY_MS.length - 1)] ?? 30_000
    this.failures += 1
    clearTimeout(this.socketTimer)
    this.socketTimer = setTimeout(() => this.connect(), delay)
    this.schedulePoll(0)
  }

  private schedulePoll(delay: number): void {
    clearTimeout(this.pollTimer)
    this.pollTimer = setTimeout(() => void this.pollOnce(), delay)
  }

  private async pollOnce(): Promise<void> {
    if (this.stopped || this.connected) return
    try {
      await this.handlers.poll()
      this.handlers.onLine(true)
    } catch {
      this.handlers.onLine(false)
    }
    if (!this.stopped && !this.connected) this.schedulePoll(POLL_MS)
  }
}
