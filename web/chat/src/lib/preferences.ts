/** How large the type is: remembered on the device, set before the first paint. */
import { safeStorage } from './session'

export type TextSize = 'normal' | 'large' | 'xlarge'
export const TEXT_SIZES: { value: TextSize; title: string }[] = [
  { value: 'normal', title: '标准' },
  { value: 'large', title: '大字' },
  { value: 'xlarge', title: '特大字' },
]

const KEY = 'jiefen.size'

export function loadTextSize(): TextSize {
  const found = TEXT_SIZES.find((s) => s.value === safeStorage.get('local', KEY))
  return found?.value ?? 'normal'
}

export function applyTextSize(size: TextSize): void {
  document.documentElement.dataset.size = size
}

export function saveTextSize(size: TextSize): void {
  safeStorage.set('local', KEY, size)
}
