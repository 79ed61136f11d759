/** Saving a file that only the bearer of the token may fetch: a link cannot carry the token, so the bytes are fetched first. */
import type { InjectionKey } from 'vue'
import { statementFile } from './conversationApi'
import type { StatementKind } from './conversationApi'
import type { Session } from './session'

/** Saves the statement and says in a sentence how that went. */
export const DOWNLOAD: InjectionKey<(kind: StatementKind) => Promise<string>> = Symbol('download')

export async function saveStatement(session: Session | null, kind: StatementKind): Promise<string> {
  if (session === null) return '对话已经结束，下载不了。'
  try {
    save(await statementFile(session, kind), `情况说明.${kind}`)
  } catch (error) {
    return error instanceof Error ? error.message : '没有下载成，请再试一次。'
  }
  return '已经下载，请到“下载”里找“情况说明”。'
}

function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
