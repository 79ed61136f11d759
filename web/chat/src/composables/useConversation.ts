/** One conversation, from opening the page to clearing the device: what is shown, what is sent, what is known of the line. */
import { ProblemError } from '@jiefen/shared'
import type { ConversationState, Expecting, Turn } from '@jiefen/shared'
import { computed, ref, shallowRef, triggerRef } from 'vue'
import { comeBack, messagesAfter, openConversation, sendMessage, socketUrl } from '../lib/conversationApi'
import { Live } from '../lib/live'
import type { Frame } from '../lib/live'
import { Outbox, asOutgoing, retryDelay } from '../lib/outbox'
import type { Body } from '../lib/outbox'
import { forgetSession, isThisTabs, loadDraft, loadSession, saveDraft, saveSession } from '../lib/session'
import type { Session } from '../lib/session'
import { Transcript, activeBubble } from '../lib/transcript'

export type Phase = 'starting' | 'returning' | 'ready' | 'unreachable' | 'ended' | 'expired'

/** The conversation cannot be continued: the token is over, or the server has deleted it by its retention rule. */
function gone(error: unknown): boolean {
  return error instanceof ProblemError && (error.status === 401 || error.status === 404)
}

export function useConversation() {
  const phase = ref<Phase>('starting')
  const state = ref<ConversationState>('intake')
  const expecting = ref<Expecting | null>(null)
  const caseNumber = ref<string | null>(null)
  const lineUp = ref(true)
  const sending = ref(false)
  const otherTyping = ref(false)
  const problem = ref('')
  const draft = ref(loadDraft())
  const lastUsed = ref(0)

  const transcript = shallowRef(new Transcript())
  const outboxVersion = ref(0)
  const outbox = new Outbox(() => (outboxVersion.value += 1))
  let session: Session | null = null
  let live: Live | null = null
  let attempts = 0
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let typingTimer: ReturnType<typeof setTimeout> | undefined

  const bubbles = computed(() => {
    void outboxVersion.value
    return transcript.value.bubbles(outbox.entries)
  })
  const active = computed(() => activeBubble(bubbles.value))
  /** What may be pressed now; a person was asked for already, so that button goes. */
  const choices = computed(() => (active.value?.message.choices ?? []).filter((c) => state.value !== 'handoff' || c.value !== 'handoff'))
  const attended = computed(() => {
    const last = bubbles.value.filter((b) => b.message.role !== 'resident').pop()
    return state.value === 'handoff' && (last?.message.role === 'operator' || last?.message.role === 'system')
  })
  const waiting = computed(() => bubbles.value.filter((b) => b.pending === 'waiting').length)

  /** Open the page: go on where this tab was, ask when another tab was here, or begin. */
  async function start(): Promise<void> {
    const stored = loadSession()
    if (stored === null) return begin()
    lastUsed.value = stored.usedAt
    if (!isThisTabs(stored)) {
      phase.value = 'returning'
      return
    }
    await resume()
  }

  async function begin(): Promise<void> {
    phase.value = 'starting'
    problem.value = ''
    try {
      const opened = await openConversation()
      use({ id: opened.conversation_id, token: opened.token, usedAt: Date.now() })
      take(opened)
      phase.value = 'ready'
    } catch (error) {
      unreachable(error)
    }
  }

  async function resume(): Promise<void> {
    const stored = loadSession()
    if (stored === null) return begin()
    phase.value = 'starting'
    use(stored)
    try {
      await replay(stored)
      phase.value = 'ready'
      void pump()
    } catch (error) {
      if (error instanceof ProblemError && !error.transient) return expire()
      unreachable(error)
    }
  }

  /**
   * Take up what was begun on another device, or a case that is filed. What is on this page gives way only when that worked.
   *
   * @throws ProblemError: wrong code, or the server was away.
   */
  async function takeUp(code: string, number: string): Promise<void> {
    const opened = await comeBack(code, number)
    reset()
    use({ id: opened.conversation_id, token: opened.token, usedAt: Date.now() })
    phase.value = 'ready'
    await sync().catch(() => take(opened))
  }

  function unreachable(error: unknown): void {
    live?.stop()
    problem.value = error instanceof Error ? error.message : ''
    phase.value = 'unreachable'
    attempts += 1
    clearTimeout(retryTimer)
    retryTimer = setTimeout(() => void start(), retryDelay(attempts) * 1000)
  }

  /** The token is no longer good. What was typed stays: as the draft of the next conversation. */
  function expire(): void {
    const unsent = outbox.entries.filter((e) => 'text' in e.body).map((e) => e.shown)
    if (unsent.length > 0) setDraft([...unsent, draft.value].filter((t) => t !== '').join('\n'))
    reset()
    phase.value = 'expired'
  }

  function use(next: Session): void {
    session = next
    saveSession(next)
    attempts = 0
    live?.stop()
    live = new Live(() => socketUrl(next, transcript.value.contiguous), next.token, { onFrame, poll: sync, onLine })
    live.start()
  }

  function take(turn: Turn): void {
    transcript.value.merge(turn.messages)
    triggerRef(transcript)
    state.value = turn.state
    expecting.value = turn.expecting
    if (turn.case_number) caseNumber.value = turn.case_number
    lineUp.value = true
  }

  /** Everything that this page has not heard yet, page by page. */
  async function replay(current: Session): Promise<void> {
    for (;;) {
      const turn = await messagesAfter(current, transcript.value.contiguous)
      if (session !== current) return
      take(turn)
      if (turn.has_more !== true || turn.messages.length === 0) return
    }
  }

  async function sync(): Promise<void> {
    if (session === null) return
    const current = session
    try {
      await replay(current)
    } catch (error) {
      if (gone(error) && session === current) expire()
      throw error
    }
    void pump()
  }

  function onFrame(frame: Frame): void {
    if (frame.type === 'typing') return showTyping(frame.active !== false && frame.role !== 'resident')
    if (frame.type === 'message') {
      transcript.value.merge([frame.message])
      triggerRef(transcript)
      if (frame.message.role !== 'resident') showTyping(false)
    }
    if (frame.type === 'error' || frame.type === 'pong') return
    if (frame.state) state.value = frame.state
    if (frame.expecting !== undefined) expecting.value = frame.expecting
    if (frame.case_number) caseNumber.value = frame.case_number
  }

  function showTyping(on: boolean): void {
    otherTyping.value = on
    clearTimeout(typingTimer)
    if (on) typingTimer = setTimeout(() => (otherTyping.value = false), 8_000)
  }

  function onLine(up: boolean): void {
    lineUp.value = up
    if (up) void pump()
  }

  function say(body: Body, shown: string): void {
    if (session === null) return
    outbox.add(session.id, body, shown)
    clearTimeout(retryTimer)
    void pump()
  }

  /** Send what waits, in order, one at a time. */
  async function pump(): Promise<void> {
    if (sending.value || session === null) return
    const current = session
    const entry = outbox.next(current.id)
    if (!entry) return
    sending.value = true
    try {
      const turn = await sendMessage(current, asOutgoing(entry))
      attempts = 0
      if (session === current) await confirm(entry.id, turn, current)
    } catch (error) {
      failed(entry.id, error)
      return
    } finally {
      sending.value = false
    }
    void pump()
  }

  async function confirm(id: string, turn: Turn, current: Session): Promise<void> {
    const entry = outbox.entries.find((e) => e.id === id)
    if (transcript.value.hasGap(turn)) {
      const missed = await messagesAfter(current, transcript.value.contiguous).catch(() => null)
      if (missed) transcript.value.merge(missed.messages)
    }
    if (entry) transcript.value.addOwn(entry, turn)
    if (entry && 'edits' in entry.body) transcript.value.word(id, entry.shown)
    outbox.remove(id)
    take(turn)
    current.usedAt = Date.now()
    saveSession(current)
  }

  function failed(id: string, error: unknown): void {
    if (!(error instanceof ProblemError)) throw error
    if (gone(error)) return expire()
    if (!error.transient) {
      outbox.refuse(id, error)
      void Promise.resolve().then(pump)
      return
    }
    if (error.status !== 429) lineUp.value = false
    attempts += 1
    clearTimeout(retryTimer)
    retryTimer = setTimeout(() => void pump(), retryDelay(attempts) * 1000)
  }

  function retryNow(): void {
    attempts = 0
    clearTimeout(retryTimer)
    if (phase.value === 'unreachable') return void start()
    live?.wake()
    void pump()
  }

  /** Take back something the server refused: the words return to the text box. */
  function takeBack(id: string): void {
    const entry = outbox.entries.find((e) => e.id === id)
    outbox.remove(id)
    if (entry && 'text' in entry.body) setDraft(draft.value === '' ? entry.shown : `${entry.shown}\n${draft.value}`)
  }

  /** An answer that came another way: a file's. */
  function absorb(turn: Turn): void {
    if (transcript.value.hasGap(turn)) void sync().catch(() => undefined)
    take(turn)
  }

  function setDraft(text: string): void {
    if (text.length > draft.value.length) live?.typing()
    draft.value = text
    saveDraft(text)
  }

  function reset(): void {
    live?.stop()
    live = null
    session = null
    clearTimeout(retryTimer)
    transcript.value = new Transcript()
    outbox.clear()
    state.value = 'intake'
    expecting.value = null
    caseNumber.value = null
    lineUp.value = true
    sending.value = false
    showTyping(false)
    forgetSession()
  }

  /** 结束并清除: nothing of the conversation stays on this device. */
  function endAndClear(): void {
    reset()
    setDraft('')
    phase.value = 'ended'
  }

  return {
    ...{ phase, state, expecting, caseNumber, lineUp, sending, otherTyping, problem, draft, lastUsed },
    ...{ bubbles, active, choices, attended, waiting },
    ...{ start, begin, resume, takeUp, say, absorb, retryNow, takeBack, setDraft, endAndClear },
    session: () => session,
  }
}

export type Conversation = ReturnType<typeof useConversation>
