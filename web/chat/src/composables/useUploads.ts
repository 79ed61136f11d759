/** Files on their way; the list lives as long as the page, the files themselves are with the server once done. */
import { newId } from '@jiefen/shared'
import type { Turn } from '@jiefen/shared'
import { reactive, ref } from 'vue'
import type { Session } from '../lib/session'
import { refusal, send } from '../lib/uploads'
import type { Upload } from '../lib/uploads'

export function useUploads(session: () => Session | null, onDone: (turn: Turn) => void) {
  const uploads = ref<Upload[]>([])
  const files = new Map<string, File>()

  function add(list: Iterable<File>): void {
    for (const file of list) {
      const why = refusal(file)
      const upload = reactive<Upload>({ id: newId(), name: file.name, size: file.size, progress: 0, state: why === null ? 'sending' : 'failed' })
      if (why !== null) upload.problem = why
      else files.set(upload.id, file)
      uploads.value.push(upload)
      if (why === null) void run(upload)
    }
  }

  async function run(upload: Upload): Promise<void> {
    const file = files.get(upload.id)
    const current = session()
    if (!file || current === null) return
    upload.state = 'sending'
    upload.progress = 0
    delete upload.problem
    try {
      const turn = await send(current, upload.id, file, (part) => (upload.progress = part))
      upload.state = 'done'
      upload.progress = 1
      files.delete(upload.id)
      onDone(turn)
    } catch (error) {
      upload.state = 'failed'
      upload.problem = error instanceof Error ? error.message : '没有传上去，请重试。'
    }
  }

  function dismiss(id: string): void {
    files.delete(id)
    uploads.value = uploads.value.filter((u) => u.id !== id)
  }

  function clear(): void {
    files.clear()
    uploads.value = []
  }

  return { uploads, add, retry: run, canRetry: (id: string) => files.has(id), dismiss, clear }
}
