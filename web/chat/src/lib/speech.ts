/** Voice input, where the browser brings it. */

interface SpeechAlternative {
  transcript: string
}
interface SpeechEvent {
  resultIndex: number
  results: ArrayLike<ArrayLike<SpeechAlternative> & { isFinal: boolean }>
}
export interface Recogniser {
  lang: string
  continuous: boolean
  interimResults: boolean
  onresult: ((event: SpeechEvent) => void) | null
  onend: (() => void) | null
  onerror: ((event: { error: string }) => void) | null
  start(): void
  stop(): void
}

type Constructor = new () => Recogniser

/** The browser's recogniser, or null: then the button is not shown at all. */
export function recogniser(scope: object = globalThis): Recogniser | null {
  const found = scope as { SpeechRecognition?: Constructor; webkitSpeechRecognition?: Constructor }
  const Recognition = found.SpeechRecognition ?? found.webkitSpeechRecognition
  if (!Recognition) return null
  const instance = new Recognition()
  instance.lang = 'zh-CN'
  instance.continuous = true
  instance.interimResults = true
  return instance
}

export function hasSpeech(scope: object = globalThis): boolean {
  return 'SpeechRecognition' in scope || 'webkitSpeechRecognition' in scope
}

/** All that was heard so far, final and interim, as one string. */
export function heard(event: SpeechEvent): string {
  return Array.from(event.results, (r) => r[0]?.transcript ?? '').join('')
}

export function speechProblem(code: string): string {
  if (code === 'not-allowed' || code === 'service-not-allowed') return '浏览器没有允许使用话筒，请在浏览器设置里打开，或直接打字。'
  if (code === 'network') return '语音识别连不上，请直接打字，或稍后再试。'
  if (code === 'no-speech') return '没有听到声音，请靠近话筒再说一次。'
  return '语音输入没有成功，请直接打字。'
}
