/** Speaking instead of typing: what is heard is appended to what was typed, and may be corrected before it is sent. */
import { onUnmounted, ref } from 'vue'
import { hasSpeech, heard, recogniser, speechProblem } from '../lib/speech'
import type { Recogniser } from '../lib/speech'

export function useSpeech(text: () => string, setText: (text: string) => void) {
  const available = hasSpeech()
  const listening = ref(false)
  const problem = ref('')
  let active: Recogniser | null = null

  function toggle(): void {
    if (listening.value) return stop()
    active = recogniser()
    if (!active) return
    const before = text()
    problem.value = ''
    active.onresult = (event) => setText(before + heard(event))
    active.onerror = (event) => (problem.value = event.error === 'aborted' ? '' : speechProblem(event.error))
    active.onend = () => (listening.value = false)
    try {
      active.start()
      listening.value = true
    } catch {
      problem.value = speechProblem('')
    }
  }

  function stop(): void {
    active?.stop()
    listening.value = false
  }

  onUnmounted(stop)
  return { available, listening, problem, toggle, stop }
}
