import { onUnmounted, ref } from 'vue'

/** The present moment, refreshed often enough for waiting times in minutes. */
export function useNow(everyMs = 20_000) {
  const now = ref(new Date())
  const timer = setInterval(() => (now.value = new Date()), everyMs)
  onUnmounted(() => clearInterval(timer))
  return now
}
