import { onUnmounted, ref } from 'vue'

/** True from `px` on; a table needs room, a phone gets cards. */
export function useWide(px: number) {
  const query = window.matchMedia(`(min-width: ${px}px)`)
  const wide = ref(query.matches)
  const update = (): void => void (wide.value = query.matches)
  query.addEventListener('change', update)
  onUnmounted(() => query.removeEventListener('change', update))
  return wide
}
